/** Words about backends and dm-crypt's flags in German. */
export const GERMAN_BACKEND = {
  'backend.title': 'Backend',
  'backend.field': 'Einhängen mit',
  'backend.fieldText': 'Gilt ab dem nächsten Entsperren.',
  'backend.asSettings': 'Wie Einstellungen: {backend}',
  'backend.asVault': 'Wie für diesen Tresor gewählt: {backend}',
  'backend.auto': 'Automatisch: der Kernel, wo er keine Rückfrage stellt',
  'backend.udisks': 'Kernel (dm-crypt) über udisks2',
  'backend.dmcrypt': 'Kernel (dm-crypt) über das Hilfsprogramm von Lockline',
  'backend.fuse': 'Engine von Lockline (FUSE)',
  'backend.nbd': 'Blöcke über NBD',
  'backend.inForce': 'Eingehängt mit: {backend}',
  'backend.locked': 'Gesperrt: nichts ist wirksam.',
  'backend.settingsText':
    'Die eigene Engine von Lockline braucht keine Rechte. Der Kernel ist schneller; statt inline und mehrfädig hat er Schalter.',

  'kernel.flags': 'Schalter des Kernels',
  'kernel.flagsText':
    'Wo der Kernel verschlüsselt. Beide Inline-Schalter zusammen nehmen ihm die Warteschlangen beim Lesen und Schreiben.',
  'kernel.inForce': 'Wirksam: {flags}; {cipher} auf {device}',
  'kernel.noFlags': 'keine Schalter',
  'kernel.cipherUnknown': 'Chiffre des Kopfes',
  'kernel.own': 'Eigene Schalter',
  'kernel.ownText': 'Sonst gelten die, die im Kopf des Tresors stehen.',
  'kernel.fromHeader':
    'udisks2 nimmt die Schalter aus dem Kopf: Setzen Sie sie mit lockline dmcrypt flags.',
  'kernel.void': 'Dieser Kernel kennt {flags} nicht',
  'kernel.advice': 'Was zu dieser Maschine passt',
  'kernel.advised': 'Empfohlen: {flags}',
  'kernel.useAdvice': 'Empfohlene Schalter benutzen',

  'flag.no_read_workqueue': 'Inline lesen',
  'flag.no_read_workqueueText':
    'Gelesenes wird dort entschlüsselt, wo es ankommt, ohne Warteschlange. Ab Linux 5.9.',
  'flag.no_write_workqueue': 'Inline schreiben',
  'flag.no_write_workqueueText':
    'Geschriebenes wird in dem Thread verschlüsselt, der es aufgibt, ohne Warteschlange und Sortieren. Ab Linux 5.9.',
  'flag.same_cpu_crypt': 'Auf dem aufgebenden Prozessor bleiben',
  'flag.same_cpu_cryptText':
    'Wartende Anfragen bleiben auf dem Prozessor, der sie aufgab, statt auf irgendeinen freien zu wechseln. Ab Linux 4.0.',
  'flag.submit_from_crypt_cpus': 'Schreiben ohne den sortierenden Thread',
  'flag.submit_from_crypt_cpusText':
    'Geschriebenes geht von dort weiter, wo es verschlüsselt wurde, nicht durch den einen sortierenden Thread. Ab Linux 4.0.',
  'flag.high_priority': 'Hohe Priorität',
  'flag.high_priorityText':
    'Krypto-Threads laufen vor anderen Programmen: mehr Durchsatz, ein trägerer Desktop. Ab Linux 6.10.',
  'flag.allow_discards': 'Freien Platz zurückgeben',
  'flag.allow_discardsText':
    'Wer den Container sieht, sieht dann auch, welche Teile davon belegt sind. Ab Linux 3.1.',

  'flagWarning.kernel-too-old': 'Dieser Kernel kennt das nicht.',
  'flagWarning.void-in-hard-interrupts':
    'Auf diesem Kernel unwirksam bei Laufwerken, die in harten Interrupts fertig werden.',
  'flagWarning.pointless-beside': 'Ohne Wirkung, solange inline geschrieben wird.',
  'flagWarning.queues-unused':
    'Betrifft die Warteschlangen, die beide Inline-Schalter zusammen umgehen.',
  'flagWarning.leaks-usage': 'Zeigt, wie viel vom Tresor belegt ist.',
  'flagWarning.hurts-desktop': 'Andere Programme bekommen weniger vom Prozessor.',

  'advice.kernel-has-none': 'Dieser Kernel hat kein dm-crypt: Schalter zählen anderswo.',
  'advice.kernel-too-old': 'Dieser Kernel hat keine Inline-Schalter: Sie brauchen Linux 5.9.',
  'advice.disk-rotational':
    'Der Datenträger dreht sich: Sortiertes Schreiben und alle Prozessoren für die Chiffre sind die Warteschlangen wert.',
  'advice.disk-zoned':
    'Der Datenträger hat Zonen: Der Kernel schreibt von selbst inline, und das Lesen gewinnt durch die Warteschlangen.',
  'advice.cipher-slow':
    'Nichts beschleunigt hier die Chiffre: Besser wird sie auf die Prozessoren verteilt.',
  'advice.read-flag-doubtful':
    'Inline lesen ist auf diesem Kernel bei vielen Laufwerken unwirksam; daher wird nur inline geschrieben.',
  'advice.loop-over-file':
    'Der Tresor ist eine Datei: Ihr Dateisystem hat schon eine Warteschlange, und eine zweite kostet Zeit.',
  'advice.disk-quick':
    'Im Datenträger dreht sich nichts: Jede Anfrage einem anderen Thread zu übergeben kostet mehr, als es spart.',
  'advice.streams-differ':
    'Bei wenigen großen Datenströmen können die Warteschlangen trotzdem schneller sein: Messen zeigt es.',
  'advice.sector-small':
    'Kleine Sektoren der Verschlüsselung: Ein Tresor mit Sektoren zu 4096 Byte gewinnt mehr als durch jeden Schalter.',
  'advice.disk-unknown': 'Der Datenträger darunter ist nicht bekannt: Nichts spricht dagegen.',
} as const;
