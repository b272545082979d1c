/** Words about backends and dm-crypt's flags in French. */
export const FRENCH_BACKEND = {
  'backend.title': 'Mode de montage',
  'backend.field': 'Monter avec',
  'backend.fieldText': 'Compte à partir du prochain déverrouillage.',
  'backend.asSettings': 'Comme les paramètres : {backend}',
  'backend.asVault': 'Comme ce coffre le préfère : {backend}',
  'backend.auto': 'Automatique : le noyau s’il ne demande rien',
  'backend.udisks': 'Noyau (dm-crypt) par udisks2',
  'backend.dmcrypt': 'Noyau (dm-crypt) par l’assistant de Lockline',
  'backend.fuse': 'Moteur de Lockline (FUSE)',
  'backend.nbd': 'Blocs par NBD',
  'backend.inForce': 'Monté avec : {backend}',
  'backend.locked': 'Verrouillé : rien n’est en vigueur.',
  'backend.settingsText':
    'Le moteur propre à Lockline n’exige aucun droit. Le noyau est plus rapide ; son moteur a des drapeaux au lieu d’inline et de multithread.',
  'kernel.flags': 'Drapeaux du noyau',
  'kernel.flagsText':
    'Où s’exécute le chiffrement du noyau. Ensemble, les deux drapeaux inline suppriment ses files d’attente pour les lectures et les écritures.',
  'kernel.inForce': 'En vigueur : {flags} ; {cipher} sur {device}',
  'kernel.noFlags': 'aucun drapeau',
  'kernel.cipherUnknown': 'le chiffrement de l’en-tête',
  'kernel.own': 'Ses propres drapeaux',
  'kernel.ownText': 'Sinon, ceux que conserve l’en-tête du coffre s’appliquent.',
  'kernel.fromHeader':
    'udisks2 prend les drapeaux dans l’en-tête : réglez-les avec lockline dmcrypt flags.',
  'kernel.void': 'Ce noyau ne connaît pas {flags}',
  'kernel.advice': 'Ce qui convient à cette machine',
  'kernel.advised': 'Conseillé : {flags}',
  'kernel.useAdvice': 'Utiliser les drapeaux conseillés',
  'flag.no_read_workqueue': 'Lectures inline',
  'flag.no_read_workqueueText':
    'Les lectures sont déchiffrées là où elles aboutissent, sans file d’attente. À partir de Linux 5.9.',
  'flag.no_write_workqueue': 'Écritures inline',
  'flag.no_write_workqueueText':
    'Les écritures sont chiffrées dans le fil qui les soumet, sans file d’attente ni tri. À partir de Linux 5.9.',
  'flag.same_cpu_crypt': 'Rester sur le processeur qui soumet',
  'flag.same_cpu_cryptText':
    'Les requêtes en file restent sur le processeur qui les a soumises, au lieu d’aller sur n’importe quel processeur inactif. À partir de Linux 4.0.',
  'flag.submit_from_crypt_cpus': 'Écritures sans le fil de tri',
  'flag.submit_from_crypt_cpusText':
    'Les écritures partent de là où elles ont été chiffrées, sans passer par l’unique fil de tri. À partir de Linux 4.0.',
  'flag.high_priority': 'Priorité élevée',
  'flag.high_priorityText':
    'Les fils de chiffrement passent avant les autres programmes : plus de débit, un bureau moins réactif. À partir de Linux 6.10.',
  'flag.allow_discards': 'Rendre l’espace libéré',
  'flag.allow_discardsText':
    'Quiconque voit le conteneur voit alors quelles parties en sont utilisées. À partir de Linux 3.1.',
  'flagWarning.kernel-too-old': 'Ce noyau ne le connaît pas.',
  'flagWarning.void-in-hard-interrupts':
    'Sans effet sur ce noyau pour les disques dont les requêtes aboutissent dans une interruption matérielle.',
  'flagWarning.pointless-beside': 'Sans effet avec les écritures inline.',
  'flagWarning.queues-unused':
    'Concerne les files d’attente, que les deux drapeaux inline contournent.',
  'flagWarning.leaks-usage': 'Montre quelle part du coffre est utilisée.',
  'flagWarning.hurts-desktop': 'Les autres programmes ont moins de temps processeur.',
  'advice.kernel-has-none': 'Ce noyau n’a pas dm-crypt : les drapeaux comptent ailleurs.',
  'advice.kernel-too-old': 'Ce noyau n’a pas de drapeaux inline : ils exigent Linux 5.9.',
  'advice.disk-rotational':
    'C’est un disque à plateaux : des écritures triées et tous les processeurs pour le chiffrement valent bien les files d’attente.',
  'advice.disk-zoned':
    'Le disque est à zones : le noyau écrit de lui-même inline, et les lectures profitent des files d’attente.',
  'advice.cipher-slow':
    'Rien n’accélère le chiffrement ici : mieux vaut le répartir sur les processeurs.',
  'advice.read-flag-doubtful':
    'Sur ce noyau, les lectures inline sont sans effet pour beaucoup de disques : seules les écritures sont donc inline.',
  'advice.loop-over-file':
    'Le coffre est un fichier : son système de fichiers a déjà une file d’attente, et une seconde coûte du temps.',
  'advice.disk-quick':
    'Rien ne tourne dans ce disque : confier chaque requête à un autre fil coûte plus que cela n’épargne.',
  'advice.streams-differ':
    'Pour quelques gros flux, les files d’attente peuvent néanmoins être plus rapides : une mesure le dira.',
  'advice.sector-small':
    'Petits secteurs de chiffrement : un coffre à secteurs de 4096 octets gagne plus qu’avec n’importe quel drapeau.',
  'advice.disk-unknown': 'Le disque sous-jacent n’est pas connu : rien ne s’y oppose.',
};
