import type { Language } from '../../shared/model/settings.ts';

/** Words that main itself shows: tray, notifications, dialogs of the system. */
export type AppWords = Readonly<{
  show: string;
  lockAll: string;
  quit: string;
  unlockNamed: (name: string) => string;
  lockNamed: (name: string) => string;
  openNamed: (name: string) => string;
  noneMounted: string;
  someMounted: (count: number) => string;
  lockedByRule: (name: string) => string;
  stillInUse: (name: string) => string;
  jobFailed: (name: string) => string;
  cannotAdd: (name: string) => string;
  cannotStart: string;
  databaseNewer: string;
  newVault: string;
  addVault: string;
  keyfile: string;
  mountPoint: string;
  openHeader: string;
  saveHeader: string;
  saveRecoveryKey: string;
}>;

const EN: AppWords = {
  show: 'Show Lockline',
  lockAll: 'Lock all',
  quit: 'Quit',
  unlockNamed: (name) => `Unlock ${name}…`,
  lockNamed: (name) => `Lock ${name}`,
  openNamed: (name) => `Open ${name}`,
  noneMounted: 'Lockline: everything is locked',
  someMounted: (count) => `Lockline: ${count} mounted`,
  lockedByRule: (name) => `${name} locks itself`,
  stillInUse: (name) => `${name} is in use and stays mounted`,
  jobFailed: (name) => `Something went wrong with ${name}`,
  cannotAdd: (name) => `${name} is not a vault that Lockline can open`,
  cannotStart: 'Lockline cannot start',
  databaseNewer:
    'A newer Lockline wrote the list of vaults. It was left as it is. Please update Lockline.',
  newVault: 'New vault',
  addVault: 'Add an existing vault',
  keyfile: 'Keyfile',
  mountPoint: 'Mount point',
  openHeader: 'Header backup',
  saveHeader: 'Back up the header',
  saveRecoveryKey: 'Save the recovery key',
};

const DE: AppWords = {
  show: 'Lockline anzeigen',
  lockAll: 'Alle sperren',
  quit: 'Beenden',
  unlockNamed: (name) => `${name} entsperren…`,
  lockNamed: (name) => `${name} sperren`,
  openNamed: (name) => `${name} öffnen`,
  noneMounted: 'Lockline: alles ist gesperrt',
  someMounted: (count) => `Lockline: ${count} eingehängt`,
  lockedByRule: (name) => `${name} sperrt sich`,
  stillInUse: (name) => `${name} wird benutzt und bleibt eingehängt`,
  jobFailed: (name) => `Bei ${name} ist etwas schiefgegangen`,
  cannotAdd: (name) => `${name} ist kein Tresor, den Lockline öffnen kann`,
  cannotStart: 'Lockline kann nicht starten',
  databaseNewer:
    'Ein neueres Lockline hat die Liste der Tresore geschrieben. Sie bleibt, wie sie ist. Bitte aktualisieren Sie Lockline.',
  newVault: 'Neuer Tresor',
  addVault: 'Vorhandenen Tresor hinzufügen',
  keyfile: 'Schlüsseldatei',
  mountPoint: 'Einhängepunkt',
  openHeader: 'Header-Sicherung',
  saveHeader: 'Header sichern',
  saveRecoveryKey: 'Wiederherstellungsschlüssel speichern',
};

const FR: AppWords = {
  show: 'Afficher Lockline',
  lockAll: 'Tout verrouiller',
  quit: 'Quitter',
  unlockNamed: (name) => `Déverrouiller ${name}…`,
  lockNamed: (name) => `Verrouiller ${name}`,
  openNamed: (name) => `Ouvrir ${name}`,
  noneMounted: 'Lockline : tout est verrouillé',
  someMounted: (count) => `Lockline : ${count} monté${count === 1 ? '' : 's'}`,
  lockedByRule: (name) => `${name} se verrouille`,
  stillInUse: (name) => `${name} est utilisé et reste monté`,
  jobFailed: (name) => `Un problème est survenu avec ${name}`,
  cannotAdd: (name) => `${name} n’est pas un coffre que Lockline peut ouvrir`,
  cannotStart: 'Lockline ne peut pas démarrer',
  databaseNewer:
    'La liste des coffres a été écrite par une version plus récente. Elle est restée intacte. Veuillez mettre Lockline à jour.',
  newVault: 'Nouveau coffre',
  addVault: 'Ajouter un coffre existant',
  keyfile: 'Fichier-clé',
  mountPoint: 'Point de montage',
  openHeader: 'Sauvegarde de l’en-tête',
  saveHeader: 'Sauvegarder l’en-tête',
  saveRecoveryKey: 'Enregistrer la clé de récupération',
};

const ES: AppWords = {
  show: 'Mostrar Lockline',
  lockAll: 'Bloquear todo',
  quit: 'Salir',
  unlockNamed: (name) => `Desbloquear ${name}…`,
  lockNamed: (name) => `Bloquear ${name}`,
  openNamed: (name) => `Abrir ${name}`,
  noneMounted: 'Lockline: todo está bloqueado',
  someMounted: (count) => `Lockline: ${count} montado${count === 1 ? '' : 's'}`,
  lockedByRule: (name) => `${name} se bloquea`,
  stillInUse: (name) => `${name} está en uso y sigue montado`,
  jobFailed: (name) => `Algo ha fallado con ${name}`,
  cannotAdd: (name) => `${name} no es una bóveda que Lockline pueda abrir`,
  cannotStart: 'Lockline no puede iniciarse',
  databaseNewer:
    'Una versión más nueva escribió la lista de bóvedas. No se ha cambiado nada. Actualice Lockline.',
  newVault: 'Nueva bóveda',
  addVault: 'Añadir una bóveda existente',
  keyfile: 'Archivo de clave',
  mountPoint: 'Punto de montaje',
  openHeader: 'Copia de la cabecera',
  saveHeader: 'Guardar una copia de la cabecera',
  saveRecoveryKey: 'Guardar la clave de recuperación',
};

const JA: AppWords = {
  show: 'Locklineを表示',
  lockAll: 'すべてロック',
  quit: '終了',
  unlockNamed: (name) => `${name}のロックを解除…`,
  lockNamed: (name) => `${name}をロック`,
  openNamed: (name) => `${name}を開く`,
  noneMounted: 'Lockline：すべてロックされています',
  someMounted: (count) => `Lockline：${count}個マウント中`,
  lockedByRule: (name) => `${name}を自動でロックします`,
  stillInUse: (name) => `${name}は使用中のため、マウントされたままです`,
  jobFailed: (name) => `${name}で問題が発生しました`,
  cannotAdd: (name) => `${name}はLocklineで開ける保管庫ではありません`,
  cannotStart: 'Locklineを起動できません',
  databaseNewer:
    '保管庫の一覧は新しいLocklineで書かれています。内容は変更していません。Locklineを更新してください。',
  newVault: '新しい保管庫',
  addVault: '既存の保管庫を追加',
  keyfile: 'キーファイル',
  mountPoint: 'マウントポイント',
  openHeader: 'ヘッダーのバックアップ',
  saveHeader: 'ヘッダーをバックアップ',
  saveRecoveryKey: '回復キーを保存',
};

const WORDS: Readonly<Record<Language, AppWords>> = { en: EN, de: DE, fr: FR, es: ES, ja: JA };

/**
 * Returns main's words in the language of the settings.
 *
 * @param systemLocale - Such as `de-AT`, for where the settings leave it to the system.
 */
export function appWords(language: Language | 'auto', systemLocale: string): AppWords {
  if (language !== 'auto') return WORDS[language];
  const wanted = systemLocale.slice(0, 2).toLowerCase();
  return Object.entries(WORDS).find(([name]) => name === wanted)?.[1] ?? EN;
}
