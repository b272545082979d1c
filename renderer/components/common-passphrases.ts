/** What people type most, most usual first: the estimator's dictionary. */
export const COMMON_PASSPHRASES: readonly string[] = (
  'password passwort passphrase 123456 12345678 123456789 1234567890 12345 1234 111111 000000 ' +
  'qwerty qwertyuiop qwertz azerty asdfgh asdfghjkl zxcvbn zxcvbnm 1q2w3e4r 1qaz2wsx qazwsx ' +
  'iloveyou letmein welcome admin administrator root user guest login master secret private ' +
  'monkey dragon sunshine princess football baseball basketball soccer hockey superman batman ' +
  'shadow michael jordan jennifer thomas robert daniel andrew joshua matthew charlie jessica ' +
  'ashley amanda nicole hannah summer winter spring autumn flower cookie banana orange apple ' +
  'cheese coffee chocolate pepper ginger tigger buster maggie killer ninja hunter ranger ' +
  'trustno1 starwars pokemon matrix freedom whatever nothing something computer internet google ' +
  'samsung linux ubuntu debian windows vault lockline encrypted encryption luks test testing ' +
  'changeme default abc123 love hello family friend money house mother father baby angel happy ' +
  'lucky forever heaven diamond silver golden purple yellow green black white blue correct horse ' +
  'battery staple january february march april june july august september october november ' +
  'december monday friday sunday london paris berlin america'
).split(' ');
