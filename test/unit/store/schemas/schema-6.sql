PRAGMA user_version=6;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE vaults (
  id TEXT PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  uuid TEXT,
  label TEXT,
  read_engine TEXT,
  write_engine TEXT,
  added_ms INTEGER NOT NULL,
  last_used_ms INTEGER
, engine_provider TEXT, engine_threads INTEGER, backend TEXT, kernel_flags TEXT, kernel_driver TEXT, options TEXT) STRICT;
INSERT INTO vaults VALUES('diary','/home/ada/Diary.luks','My diary','a4c0ffee-0000-4000-8000-000000000001','Diary','threaded','inline',1700000000000,NULL,'noble',3,'dmcrypt','["no_read_workqueue"]','xts-aes-aesni','{"isFavourite":true,"autoLock":null,"mountAtStart":false,"mountReadOnly":true}');
INSERT INTO vaults VALUES('zoe','/media/ada/it''s a "disk"/Zoë.luks','Zoë.luks','a4c0ffee-0000-4000-8000-000000000002','',NULL,NULL,1700000000000,1700000001000,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
INSERT INTO settings VALUES('language','"ja"');
INSERT INTO settings VALUES('colorScheme','"dark"');
INSERT INTO settings VALUES('openFolderAfterMount','false');
INSERT INTO settings VALUES('notifications','false');
INSERT INTO settings VALUES('startAtLogin','true');
INSERT INTO settings VALUES('startMinimised','true');
INSERT INTO settings VALUES('keepInTray','false');
INSERT INTO settings VALUES('autoLock','{"idleMinutes":null,"afterMinutes":null,"events":["suspend","user-switch"],"onExit":false,"isForced":false}');
INSERT INTO settings VALUES('hasLockAllShortcut','true');
INSERT INTO settings VALUES('readEngine','"inline"');
INSERT INTO settings VALUES('writeEngine','"threaded"');
INSERT INTO settings VALUES('backend','"auto"');
INSERT INTO settings VALUES('kdfTimeMs','3000');
INSERT INTO settings VALUES('mountReadOnly','true');
CREATE TABLE benchmarks (
  id INTEGER PRIMARY KEY,
  started_ms INTEGER NOT NULL,
  machine TEXT NOT NULL,
  report TEXT NOT NULL
) STRICT;
INSERT INTO benchmarks VALUES(1,1700000003000,'{"processor":"A processor","cores":2,"memoryBytes":8589934592,"system":"Linux 6.1","runtime":"Node 24"}','{"startedMs":1700000003000,"machine":{"processor":"A processor","cores":2,"memoryBytes":8589934592,"system":"Linux 6.1","runtime":"Node 24"},"rows":[{"group":"cipher","name":"native","direction":"read","sectorBytes":4096,"requestBytes":1048576,"depth":null,"unit":"MiB/s","median":1200,"p5":1100,"p95":1300}]}');
CREATE TABLE statistics (
  vault_id TEXT NOT NULL REFERENCES vaults (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  span_ms INTEGER NOT NULL,
  read_bytes INTEGER NOT NULL,
  written_bytes INTEGER NOT NULL,
  read_requests INTEGER NOT NULL,
  write_requests INTEGER NOT NULL,
  read_p50_us REAL,
  read_p95_us REAL,
  read_p99_us REAL,
  write_p50_us REAL,
  write_p95_us REAL,
  write_p99_us REAL,
  io_busy REAL NOT NULL,
  workers_busy REAL NOT NULL,
  cpu REAL NOT NULL,
  waiting INTEGER NOT NULL,
  PRIMARY KEY (vault_id, at_ms)
) STRICT, WITHOUT ROWID;
INSERT INTO statistics VALUES('zoe',1700000002000,10000,4096,0,1,0,10.0,20.0,30.0,NULL,NULL,NULL,0.25,0.0,0.5,2);
CREATE INDEX statistics_by_age ON statistics (at_ms);
COMMIT;
