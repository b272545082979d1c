import type { ErrorTexts } from '../error-texts.ts';

/** What happened and what to do, in French. */
export const FRENCH_ERRORS: ErrorTexts = {
  'not-luks': [
    'Ouverture impossible : ce n’est pas un conteneur LUKS',
    'Choisissez un fichier créé par Lockline ou cryptsetup',
  ],
  'version-unsupported': [
    'Ouverture impossible : cette version de LUKS n’est pas prise en charge',
    'Ouvrez-le avec cryptsetup, ou mettez Lockline à jour',
  ],
  'header-checksum-mismatch': [
    'Ouverture impossible : la somme de contrôle d’une copie de l’en-tête est fausse',
    'Restaurez une sauvegarde de l’en-tête',
  ],
  'both-headers-corrupt': [
    'Ouverture impossible : les deux copies de l’en-tête sont endommagées',
    'Restaurez une sauvegarde de l’en-tête',
  ],
  'metadata-invalid': [
    'Ouverture impossible : les métadonnées de l’en-tête sont invalides',
    'Restaurez une sauvegarde de l’en-tête',
  ],
  'area-overlap': [
    'Ouverture impossible : des zones de l’en-tête se chevauchent',
    'Restaurez une sauvegarde de l’en-tête',
  ],
  'requirement-unknown': [
    'Déverrouillage impossible : le conteneur exige des fonctions non prises en charge',
    'Ouvrez-le avec un cryptsetup plus récent',
  ],
  'reencryption-in-progress': [
    'Déverrouillage impossible : un rechiffrement n’est pas terminé',
    'Terminez-le avec cryptsetup reencrypt, en root',
  ],
  'conversion-impossible': [
    'Conversion impossible : l’autre format ne peut contenir ce que dit cet en-tête',
    'La raison nomme la partie en cause ; docs/formats.md dit ce qui se convertit',
  ],
  'header-detached': [
    'Déverrouillage impossible : ce fichier ne contient que l’en-tête',
    'Utilisez la ligne de commande, qui accepte en-tête et données séparés',
  ],
  'kdf-cost-excessive': [
    'Déverrouillage impossible : l’en-tête exige plus de dérivation de clé que la limite',
    'Ne l’ouvrez que si vous faites confiance à son origine',
  ],
  'digest-invalid': [
    'Déverrouillage impossible : l’en-tête ne contient rien pour vérifier la clé',
    'Restaurez une sauvegarde de l’en-tête',
  ],
  'container-truncated': [
    'Ouverture impossible : le conteneur est plus court que ne le dit son en-tête',
    'Restaurez tout le fichier depuis une sauvegarde',
  ],
  'filesystem-damaged': [
    'Montage impossible : le système de fichiers est endommagé',
    'Vérifiez-le avec fsck sur une copie',
  ],
  'backup-mismatch': [
    'Restauration impossible : la sauvegarde ne correspond pas à ce conteneur',
    'Choisissez la sauvegarde de ce conteneur',
  ],
  'header-ambiguous': [
    'Écriture de l’en-tête impossible : le début du conteneur ressemble aussi à un autre format',
    'Ouvrez-le en lecture seule, sauvez l’essentiel, puis restaurez une sauvegarde de l’en-tête',
  ],
  'passphrase-wrong': [
    'Déverrouillage impossible : aucun emplacement de clé ne s’ouvre avec cette phrase secrète',
    'Vérifiez la disposition du clavier et les majuscules ; une zone de clé endommagée se comporte de même',
  ],
  'keyslot-inactive': [
    'Déverrouillage impossible : l’emplacement de clé n’est pas utilisé',
    'Choisissez-en un autre',
  ],
  'recovery-word-wrong': [
    'La clé de secours contient un mot inconnu',
    'Comparez le mot avec votre note',
  ],
  'recovery-words-missing': ['Il manque des mots à la clé de secours', 'Tapez les 24 mots'],
  'recovery-checksum-wrong': [
    'La somme de contrôle de la clé de secours est fausse',
    'Comparez les mots et leur ordre avec votre note',
  ],
  'keyfile-unreadable': ['Lecture du fichier-clé impossible', 'Vérifiez son chemin et ses droits'],
  'keyfile-too-large': ['Le fichier-clé dépasse 8 Mio', 'Choisissez-en un plus petit'],
  'passphrase-missing': [
    'Il manque une phrase secrète',
    'Tapez une phrase secrète ou choisissez un fichier-clé',
  ],
  'passphrase-empty': ['Une phrase secrète vide est impossible', 'Tapez au moins un caractère'],
  'passphrase-mismatch': ['Les deux phrases secrètes diffèrent', 'Tapez deux fois la même'],
  'passphrase-too-long': [
    'La phrase secrète dépasse 512 octets',
    'Utilisez un fichier-clé pour plus long',
  ],
  'passphrase-not-stored': [
    'Aucune phrase secrète n’est retenue pour ce coffre',
    'Tapez la phrase secrète',
  ],
  'keychain-unavailable': [
    'La phrase secrète ne peut être retenue : aucun trousseau de ce système ne la protégerait',
    'Installez un trousseau comme GNOME Keyring ou KWallet, ou tapez-la chaque fois',
  ],
  'cipher-unsupported': [
    'Déverrouillage impossible : ce chiffrement n’est pas pris en charge',
    'Ouvrez-le avec cryptsetup',
  ],
  'hash-unsupported': [
    'Déverrouillage impossible : cette fonction de hachage n’est pas prise en charge',
    'Ouvrez-le avec cryptsetup',
  ],
  'segment-type-unsupported': [
    'Déverrouillage impossible : ce type de segment n’est pas pris en charge',
    'Ouvrez-le avec cryptsetup',
  ],
  'kdf-unsupported': [
    'Déverrouillage impossible : cette dérivation de clé n’est pas prise en charge',
    'Ouvrez-le avec cryptsetup',
  ],
  'key-names-unsupported': [
    'Nom ou priorité impossible : LUKS1 n’a pas de place pour cela',
    'Convertissez d’abord le coffre en LUKS2',
  ],
  'keyslot-type-unsupported': [
    'Ce type d’emplacement de clé n’est pas pris en charge',
    'Utilisez cryptsetup',
  ],
  'filesystem-unsupported': [
    'Montage impossible : le système de fichiers du coffre n’est pas pris en charge',
    'Ouvrez-le avec cryptsetup et montez-le en root',
  ],
  'platform-unsupported': [
    'Impossible sur ce système d’exploitation',
    'Choisissez un autre mode de montage',
  ],
  'device-busy': [
    'Ouverture impossible : un autre programme a ouvert le conteneur',
    'Verrouillez-le d’abord là-bas',
  ],
  'permission-denied': [
    'Ouverture impossible : accès refusé',
    'Vérifiez à qui appartient le fichier',
  ],
  'file-missing': ['Ouverture impossible : fichier absent', 'Vérifiez le chemin'],
  'file-exists': [
    'Création impossible : le fichier existe déjà',
    'Choisissez un autre nom ou dossier',
  ],
  'not-a-file': [
    'Ouverture impossible : ce n’est pas un fichier ordinaire',
    'Choisissez un fichier',
  ],
  'short-read': ['Le stockage a rendu moins que demandé', 'Vérifiez le disque'],
  'io-error': ['Le stockage a signalé une erreur', 'Vérifiez le disque'],
  'no-space': ['Écriture impossible : plus de place', 'Libérez de la place'],
  'write-unproven': [
    'Enregistrement de la clé impossible : ce qui a été écrit ne s’ouvre pas à la relecture',
    'Vérifiez le disque ; l’ancienne clé ouvre toujours le coffre',
  ],
  'read-only': ['Écriture impossible : lecture seule', 'Montez sans l’option de lecture seule'],
  'backend-missing': [
    'Montage impossible : le programme requis n’est pas installé',
    'Installez le paquet fuse3',
  ],
  'backend-denied': [
    'Montage impossible : le système a refusé',
    'Vérifiez les droits de /dev/fuse',
  ],
  'mountpoint-not-empty': [
    'Montage impossible : le point de montage n’est pas vide',
    'Choisissez un dossier vide',
  ],
  'mountpoint-invalid': [
    'Montage impossible : le point de montage n’est pas un dossier utilisable',
    'Choisissez un dossier vide qui vous appartient',
  ],
  'unmount-busy': [
    'Verrouillage impossible : des fichiers du coffre sont utilisés',
    'Fermez les fichiers et les programmes, puis réessayez',
  ],
  'mount-timeout': ['Le montage n’a pas abouti à temps', 'Réessayez'],
  'address-in-use': ['Un autre programme utilise le port', 'Choisissez un autre port'],
  'helper-missing': [
    'Montage impossible : l’assistant dm-crypt n’est pas installé',
    'Installez le paquet Lockline de votre distribution, ou montez avec FUSE',
  ],
  'helper-denied': [
    'Montage impossible : le droit d’utiliser dm-crypt n’a pas été accordé',
    'Authentifiez-vous comme administrateur, ou montez avec FUSE',
  ],
  'kernel-unsupported': ['Montage impossible : ce noyau n’a pas dm-crypt', 'Montez avec FUSE'],
  'kernel-refused': [
    'Montage impossible : le noyau ou un programme du système a refusé',
    'Montez avec FUSE, et consultez le journal du système',
  ],
  'sector-differs': [
    'Montage impossible : le noyau déchiffre ce coffre autrement que Lockline',
    'Montez avec FUSE, et merci de le signaler',
  ],
  'flags-refused': [
    'Changement de drapeaux impossible : le noyau ne les accepte pas',
    'Choisissez d’autres drapeaux ou aucune implémentation',
  ],
  'udisks-missing': [
    'Montage impossible : udisks2 ne répond pas sur le bus système',
    'Installez le paquet udisks2, ou choisissez un autre mode de montage',
  ],
  'udisks-denied': [
    'Montage impossible : udisks2 exige des droits que cette session n’a pas',
    'Choisissez un autre mode de montage, ou utilisez la session du bureau',
  ],
  'backend-unsuited': [
    'Impossible avec le mode par lequel le coffre est monté',
    'Verrouillez-le et montez-le avec un autre mode',
  ],
  'already-unlocked': ['Le coffre est déjà déverrouillé', 'Utilisez le dossier monté'],
  'not-mounted': ['Le coffre n’est pas monté', 'Montez-le d’abord'],
  'operation-in-progress': [
    'Impossible maintenant : une autre opération est en cours sur le coffre',
    'Attendez-la ou annulez-la',
  ],
  'header-changed': ['L’en-tête a été modifié par un autre programme', 'Relisez-le et recommencez'],
  'keyslots-full': ['Tous les emplacements de clé sont pris', 'Retirez-en un d’abord'],
  'last-keyslot': [
    'Le dernier emplacement de clé ne peut être retiré : plus personne ne pourrait ouvrir',
    'Ajoutez-en d’abord un autre',
  ],
  'checker-missing': [
    'Réparation impossible : le programme de ce système de fichiers manque, ou les blocs ne peuvent pas lui être montrés',
    'Installez e2fsprogs ou dosfstools, et fuse3',
  ],
  'volume-read-only': [
    'L’écriture dans le coffre a échoué : il est maintenant en lecture seule, et ce qui n’était pas synchronisé peut manquer',
    'Copiez ce dont vous avez besoin, verrouillez le coffre, vérifiez son support, puis lancez « lockline fsck »',
  ],
  'growth-unfinished': [
    'Ouverture en lecture seule impossible : l’agrandissement du coffre a été interrompu',
    'Ouvrez-le une fois en écriture : cela le termine',
  ],
  'already-converted': [
    'Conversion impossible : le conteneur a déjà ce format',
    'Il ne reste rien à faire',
  ],
  'vault-unknown': ['Ce coffre n’est pas dans la liste', 'Ajoutez-le d’abord'],
  'vault-crashed': [
    'Le processus du coffre s’est arrêté de façon inattendue ; le coffre est verrouillé',
    'Déverrouillez-le à nouveau',
  ],
  cancelled: ['Annulé', 'Recommencez quand vous voulez'],
  'database-newer': [
    'Un Lockline plus récent a écrit la base de données',
    'Mettez Lockline à jour',
  ],
  'payload-invalid': ['La demande est incompréhensible', 'Vérifiez ce que vous avez tapé'],
  'confirmation-wrong': ['La confirmation est fausse', 'Tapez exactement ce qui est demandé'],
  'size-invalid': [
    'Cette taille est impossible',
    'Indiquez une taille comme 512M ou 2G, au moins 32 Mio',
  ],
  'sender-refused': ['Demande refusée : expéditeur inconnu', 'Ouvrez à nouveau la fenêtre'],
  internal: ['Un problème est survenu dans Lockline', 'Merci de le signaler'],
};
