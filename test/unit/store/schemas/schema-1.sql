PRAGMA user_version=1;
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
) STRICT;
INSERT INTO vaults VALUES('diary','/home/ada/Diary.luks','Diary.luks','a4c0ffee-0000-4000-8000-000000000001','Diary','inline','inline',1700000000000,NULL);
INSERT INTO vaults VALUES('zoe','/media/ada/it''s a "disk"/Zoë.luks','Zoë.luks','a4c0ffee-0000-4000-8000-000000000002','',NULL,NULL,1700000000000,1700000001000);
CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
INSERT INTO settings VALUES('colorScheme','"dark"');
INSERT INTO settings VALUES('readEngine','"inline"');
INSERT INTO settings VALUES('writeEngine','"inline"');
INSERT INTO settings VALUES('kdfTimeMs','3000');
INSERT INTO settings VALUES('openFolderAfterMount','false');
COMMIT;
