/** A call of the helper as root for alice that must be refused, with its code, and change nothing. */
export type HostileCase = Readonly<{ id: string; code: string; call: string }>;

const OPEN = 'as 1000 open "$V_a" "$N_a" --key-bytes 64';

function refused(code: string, cases: Readonly<Record<string, string>>): HostileCase[] {
  return Object.entries(cases).map(([id, call]) => ({ id, code, call }));
}

/** Arguments that break the grammar, or try to become options of the programs behind. */
export const HOSTILE_ARGUMENTS: readonly HostileCase[] = refused('argument-invalid', {
  'no-verb': 'as 1000',
  'unknown-verb': 'as 1000 exec /bin/sh',
  'option-for-a-verb': 'as 1000 --help',
  'empty-verb': "as 1000 ''",
  'verb-with-newline': `as 1000 'status
probe'`,
  'name-with-newline': `as 1000 close "$N_b
"`,
  'name-with-folder': 'as 1000 close ../lockline-$ID',
  'name-in-capitals': 'as 1000 close lockline-ABCDEF00000000000000000000000000',
  'name-too-short': 'as 1000 close lockline-0000000000000000000000000000000',
  'name-too-long': 'as 1000 close lockline-$ID"0"',
  'name-as-option': 'as 1000 close -f',
  'name-with-command': "as 1000 close 'lockline-$(reboot -f)0000000000000000000'",
  'name-of-a-system-mapping': 'as 1000 close vg-root',
  'name-empty': "as 1000 close ''",
  'name-as-glob': "as 1000 close 'lockline-*'",
  'path-relative': 'as 1000 open a.luks $N_a --key-bytes 64 <$K_a',
  'path-with-dot-dot': 'as 1000 open /home/bob/../alice/a.luks $N_a --key-bytes 64 <$K_a',
  'path-ends-in-dot-dot': 'as 1000 mount $N_b /home/alice/mnt/..',
  'path-with-dot': 'as 1000 open /home/./alice/a.luks $N_a --key-bytes 64 <$K_a',
  'path-with-two-slashes': 'as 1000 open //home/alice/a.luks $N_a --key-bytes 64 <$K_a',
  'path-with-slash-behind': 'as 1000 mount $N_b /home/alice/mnt/',
  'path-with-newline': `as 1000 open "/home/alice/a
b" $N_a --key-bytes 64 <$K_a`,
  'path-with-escape': 'as 1000 mount $N_b "$(printf \'/home/alice/\\033[2J\')"',
  'path-of-5000-bytes': "as 1000 mount $N_b /$(head -c 5000 /dev/zero | tr '\\0' x)",
  'path-empty': "as 1000 open '' $N_a --key-bytes 64 <$K_a",
  'path-as-option': 'as 1000 open --header=/etc/shadow $N_a --key-bytes 64 <$K_a',
  'key-bytes-missing': 'as 1000 open "$V_a" "$N_a" <$K_a',
  'key-bytes-zero': 'as 1000 open "$V_a" "$N_a" --key-bytes 0 <$K_a',
  'key-bytes-huge': 'as 1000 open "$V_a" "$N_a" --key-bytes 99999999999999999999 <$K_a',
  'key-bytes-wrapping': 'as 1000 open "$V_a" "$N_a" --key-bytes 4294967360 <$K_a',
  'key-bytes-negative': 'as 1000 open "$V_a" "$N_a" --key-bytes -64 <$K_a',
  'key-bytes-odd': 'as 1000 open "$V_a" "$N_a" --key-bytes 48 <$K_a',
  'key-bytes-octal': 'as 1000 open "$V_a" "$N_a" --key-bytes 064 <$K_a',
  'flag-unknown': `${OPEN} --flags no_workqueue <$K_a`,
  'flag-twice': `${OPEN} --flags same_cpu_crypt,same_cpu_crypt <$K_a`,
  'flag-empty': `${OPEN} --flags '' <$K_a`,
  'flag-trailing-comma': `${OPEN} --flags same_cpu_crypt, <$K_a`,
  'flag-as-table': `${OPEN} --flags 'same_cpu_crypt 0 8 linear 8:0 0' <$K_a`,
  'flag-second-line': `${OPEN} --flags 'same_cpu_crypt
0 8 linear 8:0 0' <$K_a`,
  'flags-long': `${OPEN} --flags $(head -c 5000 /dev/zero | tr '\\0' a) <$K_a`,
  'capi-with-space': `${OPEN} --capi 'xts(aes)-plain64 00 0' <$K_a`,
  'capi-with-colon': `${OPEN} --capi 'xts(aes):null' <$K_a`,
  'capi-with-newline': `${OPEN} --capi 'xts(aes)
' <$K_a`,
  'capi-empty': `${OPEN} --capi '' <$K_a`,
  'capi-long': `${OPEN} --capi xts$(head -c 100 /dev/zero | tr '\\0' a) <$K_a`,
  'option-twice': `${OPEN} --read-only --read-only <$K_a`,
  'option-with-equals': `${OPEN} --flags=none <$K_a`,
  'option-of-cryptsetup': `${OPEN} --test-passphrase <$K_a`,
  'option-type': `${OPEN} --type plain <$K_a`,
  'option-end': `${OPEN} -- <$K_a`,
  'option-of-another-verb': 'as 1000 close $N_b --list',
  'option-without-value': `${OPEN} --flags <$K_a`,
  'option-before-argument': 'as 1000 open --read-only "$V_a" "$N_a" --key-bytes 64 <$K_a',
  'argument-too-many': 'as 1000 close $N_b $N_a',
  'argument-missing': 'as 1000 mount $N_b',
  'owner-zero': `${OPEN} --owner 0 <$K_a`,
  'owner-is-init': `${OPEN} --owner 1 <$K_a`,
  'owner-huge': `${OPEN} --owner 9999999999 <$K_a`,
  'owner-of-bob': `su bob -s /bin/sh -c 'exec sleep 20' & sleep 1; ${OPEN} --owner $! <$K_a`,
});

/** Callers that are nobody. */
export const HOSTILE_CALLERS: readonly HostileCase[] = [
  ...refused('caller-unknown', {
    'uid-empty': "as '' status",
    'uid-negative': 'as -1 status',
    'uid-of-nobody-at-all': 'as 4242 status',
    'uid-overflow': 'as 4294967295 status',
    'uid-wraps-to-root': 'as 4294967296 status',
    'uid-with-space': "as ' 0' status",
    'uid-hexadecimal': 'as 0x0 status',
    'uid-padded': 'as 00 status',
    'uid-by-name': 'as root status',
  }),
  ...refused('not-privileged', {
    'not-root': "alice_do 'PKEXEC_UID=0 /usr/libexec/lockline/lockline-dmcrypt status'",
  }),
];
