import type { ErrorTexts } from '../error-texts.ts';

/** What happened and what to do, in German. */
export const GERMAN_ERRORS: ErrorTexts = {
  'not-luks': [
    'Öffnen nicht möglich: kein LUKS-Container',
    'Wählen Sie eine Datei, die Lockline oder cryptsetup angelegt hat',
  ],
  'version-unsupported': [
    'Öffnen nicht möglich: diese LUKS-Version wird nicht unterstützt',
    'Öffnen Sie ihn mit cryptsetup, oder aktualisieren Sie Lockline',
  ],
  'header-checksum-mismatch': [
    'Öffnen nicht möglich: die Prüfsumme einer Kopie des Kopfes stimmt nicht',
    'Stellen Sie eine Sicherung des Kopfes wieder her',
  ],
  'both-headers-corrupt': [
    'Öffnen nicht möglich: beide Kopien des Kopfes sind beschädigt',
    'Stellen Sie eine Sicherung des Kopfes wieder her',
  ],
  'metadata-invalid': [
    'Öffnen nicht möglich: die Metadaten im Kopf sind ungültig',
    'Stellen Sie eine Sicherung des Kopfes wieder her',
  ],
  'area-overlap': [
    'Öffnen nicht möglich: Bereiche im Kopf überschneiden sich',
    'Stellen Sie eine Sicherung des Kopfes wieder her',
  ],
  'requirement-unknown': [
    'Entsperren nicht möglich: der Container verlangt Funktionen, die nicht unterstützt werden',
    'Öffnen Sie ihn mit einem neueren cryptsetup',
  ],
  'reencryption-in-progress': [
    'Entsperren nicht möglich: eine Neuverschlüsselung ist nicht abgeschlossen',
    'Schließen Sie sie als root mit cryptsetup reencrypt ab',
  ],
  'conversion-impossible': [
    'Umwandeln nicht möglich: das andere Format kann nicht aufnehmen, was in diesem Kopf steht',
    'Der Grund nennt den Teil; docs/formats.md zählt auf, was sich umwandeln lässt',
  ],
  'header-detached': [
    'Entsperren nicht möglich: in dieser Datei ist nur der Kopf',
    'Benutzen Sie die Befehlszeile, die Kopf und Daten getrennt annimmt',
  ],
  'kdf-cost-excessive': [
    'Entsperren nicht möglich: der Kopf verlangt mehr Schlüsselableitung als erlaubt',
    'Öffnen Sie ihn nur, wenn Sie der Herkunft trauen',
  ],
  'digest-invalid': [
    'Entsperren nicht möglich: im Kopf steht nichts, womit sich der Schlüssel prüfen lässt',
    'Stellen Sie eine Sicherung des Kopfes wieder her',
  ],
  'container-truncated': [
    'Öffnen nicht möglich: der Container ist kürzer, als sein Kopf sagt',
    'Stellen Sie die ganze Datei aus einer Sicherung wieder her',
  ],
  'filesystem-damaged': [
    'Einhängen nicht möglich: das Dateisystem ist beschädigt',
    'Prüfen Sie es mit fsck an einer Kopie',
  ],
  'backup-mismatch': [
    'Wiederherstellen nicht möglich: die Sicherung passt nicht zu diesem Container',
    'Wählen Sie die Sicherung dieses Containers',
  ],
  'header-ambiguous': [
    'Der Kopf kann nicht geschrieben werden: der Anfang des Containers sieht auch nach einem anderen Format aus',
    'Öffnen Sie ihn nur lesend und sichern Sie, was zählt; stellen Sie dann eine Sicherung des Kopfes wieder her',
  ],
  'passphrase-wrong': [
    'Entsperren nicht möglich: kein Schlüsselplatz öffnet sich mit dieser Passphrase',
    'Prüfen Sie Tastaturbelegung und Feststelltaste; ein beschädigter Schlüsselbereich sieht genauso aus',
  ],
  'keyslot-inactive': [
    'Entsperren nicht möglich: der Schlüsselplatz ist nicht belegt',
    'Wählen Sie einen anderen',
  ],
  'recovery-word-wrong': [
    'Der Wiederherstellungsschlüssel enthält ein unbekanntes Wort',
    'Vergleichen Sie das Wort mit Ihrer Aufzeichnung',
  ],
  'recovery-words-missing': [
    'Dem Wiederherstellungsschlüssel fehlen Wörter',
    'Tippen Sie alle 24 Wörter',
  ],
  'recovery-checksum-wrong': [
    'Die Prüfsumme des Wiederherstellungsschlüssels stimmt nicht',
    'Vergleichen Sie Wörter und Reihenfolge mit Ihrer Aufzeichnung',
  ],
  'keyfile-unreadable': [
    'Die Schlüsseldatei kann nicht gelesen werden',
    'Prüfen Sie Pfad und Berechtigung',
  ],
  'keyfile-too-large': ['Die Schlüsseldatei ist größer als 8 MiB', 'Wählen Sie eine kleinere'],
  'passphrase-missing': [
    'Es fehlt eine Passphrase',
    'Tippen Sie eine Passphrase oder wählen Sie eine Schlüsseldatei',
  ],
  'passphrase-empty': [
    'Eine leere Passphrase ist nicht möglich',
    'Tippen Sie mindestens ein Zeichen',
  ],
  'passphrase-mismatch': [
    'Die beiden Passphrasen unterscheiden sich',
    'Tippen Sie zweimal dieselbe',
  ],
  'passphrase-too-long': [
    'Die Passphrase ist länger als 512 Byte',
    'Benutzen Sie für Längeres eine Schlüsseldatei',
  ],
  'passphrase-not-stored': [
    'Für diesen Tresor ist keine Passphrase gespeichert',
    'Tippen Sie die Passphrase',
  ],
  'keychain-unavailable': [
    'Die Passphrase kann nicht gespeichert werden: kein Schlüsselbund dieses Systems würde sie schützen',
    'Richten Sie einen ein, etwa GNOME-Schlüsselbund oder KWallet, oder tippen Sie sie jedes Mal',
  ],
  'cipher-unsupported': [
    'Entsperren nicht möglich: die Verschlüsselung wird nicht unterstützt',
    'Öffnen Sie ihn mit cryptsetup',
  ],
  'hash-unsupported': [
    'Entsperren nicht möglich: die Hashfunktion wird nicht unterstützt',
    'Öffnen Sie ihn mit cryptsetup',
  ],
  'segment-type-unsupported': [
    'Entsperren nicht möglich: die Art des Datenbereichs wird nicht unterstützt',
    'Öffnen Sie ihn mit cryptsetup',
  ],
  'kdf-unsupported': [
    'Entsperren nicht möglich: die Schlüsselableitung wird nicht unterstützt',
    'Öffnen Sie ihn mit cryptsetup',
  ],
  'key-names-unsupported': [
    'Name oder Rang nicht möglich: LUKS1 hat dafür keinen Platz',
    'Wandeln Sie den Tresor zuerst in LUKS2 um',
  ],
  'keyslot-type-unsupported': [
    'Die Art des Schlüsselplatzes wird nicht unterstützt',
    'Benutzen Sie cryptsetup',
  ],
  'filesystem-unsupported': [
    'Einhängen nicht möglich: das Dateisystem im Tresor wird nicht unterstützt',
    'Öffnen Sie ihn mit cryptsetup und hängen Sie ihn als root ein',
  ],
  'platform-unsupported': [
    'Auf diesem Betriebssystem nicht möglich',
    'Wählen Sie eine andere Art des Einhängens',
  ],
  'device-busy': [
    'Öffnen nicht möglich: ein anderes Programm hat den Container offen',
    'Sperren Sie ihn zuerst dort',
  ],
  'permission-denied': [
    'Öffnen nicht möglich: keine Berechtigung',
    'Prüfen Sie, wem die Datei gehört',
  ],
  'file-missing': ['Öffnen nicht möglich: die Datei gibt es nicht', 'Prüfen Sie den Pfad'],
  'file-exists': [
    'Anlegen nicht möglich: die Datei gibt es schon',
    'Wählen Sie einen anderen Namen oder Ordner',
  ],
  'not-a-file': ['Öffnen nicht möglich: keine gewöhnliche Datei', 'Wählen Sie eine Datei'],
  'short-read': ['Der Datenträger lieferte weniger als verlangt', 'Prüfen Sie den Datenträger'],
  'io-error': ['Der Datenträger meldete einen Fehler', 'Prüfen Sie den Datenträger'],
  'no-space': ['Schreiben nicht möglich: kein Platz mehr', 'Schaffen Sie Platz'],
  'write-unproven': [
    'Speichern des Schlüssels nicht möglich: was geschrieben wurde, öffnet sich nach dem Zurücklesen nicht',
    'Prüfen Sie den Datenträger; der alte Schlüssel öffnet den Tresor weiterhin',
  ],
  'read-only': [
    'Schreiben nicht möglich: nur lesbar',
    'Hängen Sie ohne die Option „Nur lesen“ ein',
  ],
  'backend-missing': [
    'Einhängen nicht möglich: das nötige Programm ist nicht installiert',
    'Installieren Sie das Paket fuse3',
  ],
  'backend-denied': [
    'Einhängen nicht möglich: das System lehnte ab',
    'Prüfen Sie die Berechtigung von /dev/fuse',
  ],
  'mountpoint-not-empty': [
    'Einhängen nicht möglich: der Einhängepunkt ist nicht leer',
    'Wählen Sie einen leeren Ordner',
  ],
  'mountpoint-invalid': [
    'Einhängen nicht möglich: der Einhängepunkt ist kein brauchbarer Ordner',
    'Wählen Sie einen leeren Ordner, der Ihnen gehört',
  ],
  'unmount-busy': [
    'Sperren nicht möglich: Dateien im Tresor werden benutzt',
    'Schließen Sie die Dateien und Programme und versuchen Sie es erneut',
  ],
  'mount-timeout': ['Das Einhängen wurde nicht rechtzeitig fertig', 'Versuchen Sie es erneut'],
  'address-in-use': ['Ein anderes Programm benutzt den Anschluss', 'Wählen Sie einen anderen'],
  'helper-missing': [
    'Einhängen nicht möglich: das Hilfsprogramm für dm-crypt ist nicht installiert',
    'Installieren Sie das Lockline-Paket Ihrer Distribution, oder hängen Sie mit FUSE ein',
  ],
  'helper-denied': [
    'Einhängen nicht möglich: das Recht, dm-crypt zu benutzen, wurde nicht erteilt',
    'Weisen Sie sich als Administrator aus, oder hängen Sie mit FUSE ein',
  ],
  'kernel-unsupported': [
    'Einhängen nicht möglich: dieser Kernel hat kein dm-crypt',
    'Hängen Sie mit FUSE ein',
  ],
  'kernel-refused': [
    'Einhängen nicht möglich: der Kernel oder ein Systemprogramm lehnte ab',
    'Hängen Sie mit FUSE ein, und sehen Sie im Systemprotokoll nach',
  ],
  'sector-differs': [
    'Einhängen nicht möglich: der Kernel entschlüsselt diesen Tresor anders als Lockline',
    'Hängen Sie mit FUSE ein, und melden Sie es bitte',
  ],
  'flags-refused': [
    'Ändern der Schalter nicht möglich: der Kernel nimmt sie nicht an',
    'Wählen Sie andere Schalter oder keine Implementierung',
  ],
  'udisks-missing': [
    'Einhängen nicht möglich: udisks2 antwortet nicht auf dem Systembus',
    'Installieren Sie das Paket udisks2, oder wählen Sie ein anderes Backend',
  ],
  'udisks-denied': [
    'Einhängen nicht möglich: udisks2 verlangt Rechte, die diese Sitzung nicht hat',
    'Wählen Sie ein anderes Backend, oder benutzen Sie die Desktop-Sitzung',
  ],
  'backend-unsuited': [
    'Mit dem Backend, durch das der Tresor eingehängt ist, nicht möglich',
    'Sperren Sie ihn, und hängen Sie ihn mit einem anderen Backend ein',
  ],
  'already-unlocked': ['Der Tresor ist bereits entsperrt', 'Benutzen Sie den eingehängten Ordner'],
  'not-mounted': ['Der Tresor ist nicht eingehängt', 'Hängen Sie ihn zuerst ein'],
  'operation-in-progress': [
    'Gerade nicht möglich: am Tresor läuft schon etwas anderes',
    'Warten Sie darauf oder brechen Sie es ab',
  ],
  'header-changed': [
    'Der Kopf wurde von einem anderen Programm geändert',
    'Lesen Sie ihn neu und wiederholen Sie den Vorgang',
  ],
  'keyslots-full': ['Alle Schlüsselplätze sind belegt', 'Entfernen Sie zuerst einen'],
  'last-keyslot': [
    'Der letzte Schlüsselplatz kann nicht entfernt werden: danach könnte niemand mehr öffnen',
    'Fügen Sie zuerst einen anderen hinzu',
  ],
  'checker-missing': [
    'Reparieren nicht möglich: das Programm für dieses Dateisystem fehlt, oder die Blöcke lassen sich ihm nicht zeigen',
    'Installieren Sie e2fsprogs oder dosfstools, und fuse3',
  ],
  'volume-read-only': [
    'Schreiben in den Tresor ist fehlgeschlagen: er kann nur noch gelesen werden, und was nicht gesichert war, kann fehlen',
    'Kopieren Sie, was Sie brauchen, sperren Sie den Tresor, prüfen Sie seinen Datenträger und führen Sie dann „lockline fsck“ aus',
  ],
  'growth-unfinished': [
    'Öffnen zum Lesen nicht möglich: das Vergrößern des Tresors wurde unterbrochen',
    'Öffnen Sie ihn einmal zum Schreiben: Das schließt es ab',
  ],
  'already-converted': [
    'Umwandeln nicht möglich: der Container hat dieses Format schon',
    'Es ist nichts mehr zu tun',
  ],
  'vault-unknown': ['Dieser Tresor steht nicht auf der Liste', 'Fügen Sie ihn zuerst hinzu'],
  'vault-crashed': [
    'Der Prozess des Tresors endete unerwartet; der Tresor ist gesperrt',
    'Entsperren Sie ihn erneut',
  ],
  cancelled: ['Abgebrochen', 'Beginnen Sie neu, wann Sie möchten'],
  'database-newer': [
    'Ein neueres Lockline hat die Datenbank geschrieben',
    'Aktualisieren Sie Lockline',
  ],
  'payload-invalid': ['Die Anfrage ist unverständlich', 'Prüfen Sie, was Sie getippt haben'],
  'confirmation-wrong': ['Die Bestätigung stimmt nicht', 'Tippen Sie genau, was verlangt ist'],
  'size-invalid': [
    'Diese Größe ist nicht möglich',
    'Geben Sie eine Größe wie 512M oder 2G an, mindestens 32 MiB',
  ],
  'sender-refused': [
    'Die Anfrage wurde abgelehnt: unbekannter Absender',
    'Öffnen Sie das Fenster neu',
  ],
  internal: ['In Lockline ist etwas schiefgegangen', 'Bitte melden Sie es'],
};
