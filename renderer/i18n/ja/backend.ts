/** Words about backends and dm-crypt's flags in Japanese. */
export const JAPANESE_BACKEND = {
  'backend.title': 'バックエンド',
  'backend.field': 'マウント方法',
  'backend.fieldText': '次回のロック解除から有効です。',
  'backend.asSettings': '設定に従う：{backend}',
  'backend.asVault': 'この保管庫の設定に従う：{backend}',
  'backend.auto': '自動：認証を求められない場合はカーネル',
  'backend.udisks': 'カーネル（dm-crypt）、udisks2経由',
  'backend.dmcrypt': 'カーネル（dm-crypt）、Locklineヘルパー経由',
  'backend.fuse': 'Lockline独自のエンジン（FUSE）',
  'backend.nbd': 'NBD経由のブロック',
  'backend.inForce': '現在のマウント方法：{backend}',
  'backend.locked': 'ロック中：有効なものはありません。',
  'backend.settingsText':
    'Lockline独自のエンジンに権限は不要です。カーネルのほうが高速で、そのエンジンではインラインとスレッドの代わりにフラグを使います。',
  'kernel.flags': 'カーネルのフラグ',
  'kernel.flagsText':
    'カーネルの暗号処理をどこで行うかを決めます。インラインのフラグを両方使うと、読み取りと書き込みのキューがなくなります。',
  'kernel.inForce': '現在：{flags}、{device}上の{cipher}',
  'kernel.noFlags': 'フラグなし',
  'kernel.cipherUnknown': 'ヘッダーの暗号',
  'kernel.own': '専用のフラグ',
  'kernel.ownText': 'オフの場合は、保管庫のヘッダーに保存されたフラグに従います。',
  'kernel.fromHeader':
    'udisks2はフラグをヘッダーから読み取ります。lockline dmcrypt flagsで設定してください。',
  'kernel.void': 'このカーネルは{flags}に対応していません',
  'kernel.advice': 'このマシンに適したフラグ',
  'kernel.advised': '推奨：{flags}',
  'kernel.useAdvice': '推奨のフラグを使う',
  'flag.no_read_workqueue': 'インライン読み取り',
  'flag.no_read_workqueueText':
    '読み取りは、キューを通さず、完了したその場で復号されます。Linux 5.9以降。',
  'flag.no_write_workqueue': 'インライン書き込み',
  'flag.no_write_workqueueText':
    '書き込みは、キューも並べ替えもなく、要求を出したスレッドで暗号化されます。Linux 5.9以降。',
  'flag.same_cpu_crypt': '要求元のプロセッサで処理',
  'flag.same_cpu_cryptText':
    'キューに入った要求は、空いている任意のプロセッサではなく、要求を出したプロセッサで処理されます。Linux 4.0以降。',
  'flag.submit_from_crypt_cpus': '並べ替えスレッドなしの書き込み',
  'flag.submit_from_crypt_cpusText':
    '書き込みは、1つの並べ替えスレッドを通らず、暗号化された場所から直接送られます。Linux 4.0以降。',
  'flag.high_priority': '高い優先度',
  'flag.high_priorityText':
    '暗号スレッドがほかのプログラムより先に動作します。スループットは上がりますが、デスクトップの応答は遅くなります。Linux 6.10以降。',
  'flag.allow_discards': '空いた領域を返却',
  'flag.allow_discardsText':
    'コンテナーを見られる人には、そのどの部分が使われているかが分かるようになります。Linux 3.1以降。',
  'flagWarning.kernel-too-old': 'このカーネルは対応していません。',
  'flagWarning.void-in-hard-interrupts':
    'このカーネルでは、ハード割り込みで完了するドライブには効果がありません。',
  'flagWarning.pointless-beside': 'インライン書き込みと併用しても効果がありません。',
  'flagWarning.queues-unused':
    'キューに関するフラグですが、インラインのフラグを両方使うとキューは通りません。',
  'flagWarning.leaks-usage': '保管庫の使用量が外から分かります。',
  'flagWarning.hurts-desktop': 'ほかのプログラムが使えるプロセッサ時間が減ります。',
  'advice.kernel-has-none':
    'このカーネルにはdm-cryptがありません。フラグはほかのマシンで有効です。',
  'advice.kernel-too-old':
    'このカーネルにはインラインのフラグがありません。Linux 5.9以降が必要です。',
  'advice.disk-rotational':
    '回転式のディスクです。書き込みの並べ替えと全プロセッサでの暗号処理には、キューを使うだけの価値があります。',
  'advice.disk-zoned':
    'ゾーン方式のディスクです。カーネルは自動的にインラインで書き込み、読み取りにはキューが有利です。',
  'advice.cipher-slow':
    'ここでは暗号処理が高速化されません。複数のプロセッサに分散するほうが有利です。',
  'advice.read-flag-doubtful':
    'このカーネルでは、インライン読み取りは多くのドライブで効果がないため、書き込みだけをインラインにします。',
  'advice.loop-over-file':
    '保管庫はファイルです。そのファイルシステムが既に一度キューに入れるため、2つ目のキューは時間の無駄になります。',
  'advice.disk-quick':
    '回転するディスクではありません。要求を別のスレッドに渡す手間のほうが、得られる利益より大きくなります。',
  'advice.streams-differ':
    '少数の大きな連続転送では、それでもキューのほうが速いことがあります。測定すれば分かります。',
  'advice.sector-small':
    '暗号化セクターが小さいです。どのフラグよりも、4096バイトセクターの保管庫のほうが効果があります。',
  'advice.disk-unknown': '下層のディスクは不明ですが、妨げになるものはありません。',
} as const;
