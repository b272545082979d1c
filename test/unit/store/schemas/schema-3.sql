PRAGMA user_version=3;
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
, engine_provider TEXT, engine_threads INTEGER) STRICT;
INSERT INTO vaults VALUES('diary','/home/ada/Diary.luks','Diary.luks','a4c0ffee-0000-4000-8000-000000000001','Diary','threaded','inline',1700000000000,NULL,'noble',3);
INSERT INTO vaults VALUES('zoe','/media/ada/it''s a "disk"/Zoë.luks','Zoë.luks','a4c0ffee-0000-4000-8000-000000000002','',NULL,NULL,1700000000000,1700000001000,NULL,NULL);
CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
INSERT INTO settings VALUES('colorScheme','"dark"');
INSERT INTO settings VALUES('readEngine','"inline"');
INSERT INTO settings VALUES('writeEngine','"threaded"');
INSERT INTO settings VALUES('kdfTimeMs','3000');
INSERT INTO settings VALUES('openFolderAfterMount','false');
CREATE TABLE statistics (
  vault_id TEXT NOT NULL REFERENCES vaults (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  read_bytes INTEGER NOT NULL,
  written_bytes INTEGER NOT NULL,
  read_requests INTEGER NOT NULL,
  write_requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  read_p50_us REAL NOT NULL,
  read_p99_us REAL NOT NULL,
  write_p50_us REAL NOT NULL,
  write_p99_us REAL NOT NULL,
  PRIMARY KEY (vault_id, at_ms)
) STRICT, WITHOUT ROWID;
INSERT INTO statistics VALUES('zoe',1700000002000,4096,0,1,0,0,1.0,2.0,3.0,4.0);
CREATE TABLE benchmarks (
  id INTEGER PRIMARY KEY,
  started_ms INTEGER NOT NULL,
  machine TEXT NOT NULL,
  report TEXT NOT NULL
) STRICT;
INSERT INTO benchmarks VALUES(1,1700000003000,'{"processor":"A processor","cores":2,"memoryBytes":8589934592,"system":"Linux 6.1","runtime":"Node 24"}','{"startedMs":1700000003000,"machine":{"processor":"A processor","cores":2,"memoryBytes":8589934592,"system":"Linux 6.1","runtime":"Node 24"},"rows":[{"group":"cipher","name":"native","direction":"read","sectorBytes":4096,"requestBytes":1048576,"depth":null,"unit":"MiB/s","median":1200,"p5":1100,"p95":1300}]}');
CREATE INDEX statistics_by_age ON statistics (at_ms);
COMMIT;
