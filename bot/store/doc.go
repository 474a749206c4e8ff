// Package store is Twokey's memory in Redis: records, logs, timers, locks, the
// inbox, the outbox and the audit. It implements port.Store, and knows nothing of
// the rules. Only this package and those below it import go-redis.
//
// Where things are:
//
//	store      what the engine calls; one type for each part of port.Store
//	keys       the names of all keys, and the ids that carry a partition
//	lua        the scripts: what each takes and returns stands above it
//	redisdb    one Redis: addresses, scripts, replicas, disk, health, faults in words
//	audit      the audit chains: entries, verifying, sealed ends, cuts, shipping
//	storetest  the suite that every port.Store passes, also commands/port/memory
//
// The rest of this text is what is known about Redis, what Twokey makes of it, and
// why. Comments cite its numbers, such as bot/store/doc.go 3.2. Each fact names its
// source:
//
//	doc       a page under redis.io/docs/latest
//	source    the code of go-redis v9.23.0 or of Redis 7.0.15
//	measured  programs of ours, 2026-11, on two cores with Redis 7.0.15, go-redis
//	          v9.23.0 and a simulated cloud
//	tests     a test in this package shows it each time
//	belief    nobody has proven it here; the entry says what follows if it is wrong
//
// # 1. Redis
//
// 1.1 A script runs alone: no other command runs between its commands. On an error
// in its midst, what it wrote before stays written. So a script writes first what
// can fail, which is the audit entry. (doc: develop/programmability/eval-intro)
//
// 1.2 On a Cluster all keys of a script must share a slot. The slot is a hash of
// what stands between the first { and the next }. (doc:
// reference/cluster-spec; tests)
//
// 1.3 EVALSHA names a script by the SHA-1 of its text. A server that does not know
// it answers NOSCRIPT. A restart and a fail-over may forget scripts. (doc:
// commands/evalsha, develop/programmability/eval-intro)
//
// 1.4 A stream refuses an entry whose id is not higher than the last id that it
// gave, also when that entry was deleted since. XINFO STREAM shows that last id.
// Only deleting the whole key forgets it. (doc: commands/xadd, commands/xinfo-stream;
// tests)
//
// 1.5 WAIT counts replicas that have the writes of its own connection. On another
// connection it returns at once, even if a replica is frozen. It returns the number
// also when its time is up: the caller must compare. It does not make Redis strongly
// consistent. (doc: commands/wait; measured)
//
// 1.6 WAITAOF confirms that the disk has the writes of its own connection. It came
// with Redis 7.2. (doc: commands/waitaof)
//
// 1.7 appendfsync always syncs before the answer. appendfsync everysec syncs once a
// second; while a sync lasts, Redis holds its next write to the file back for at most
// two seconds, and counts that in aof_delayed_fsync. appendfsync no leaves it to the
// system, mostly half a minute. (doc:
// operate/oss_and_stack/management/persistence,
// operate/oss_and_stack/management/optimization/latency)
//
// 1.8 no-appendfsync-on-rewrite yes means no sync while Redis saves or rewrites its
// file. (doc: redis.conf of 7.0)
//
// 1.9 While the append-only file is written for the first time, a write is not in it
// yet, and INFO does not tell that from any other rewrite. (belief; if it is wrong,
// Twokey only waits for longer than it must)
//
// 1.10 min-replicas-to-write makes a master refuse writes with too few connected
// replicas. It looks at how long ago they were heard, not at what they have. (doc:
// operate/oss_and_stack/management/replication)
//
// 1.11 A key with a time to live or the eviction of a full memory can take what was
// acknowledged, unless maxmemory-policy is noeviction. (doc:
// develop/reference/eviction)
//
// 1.12 Redis checks a user's permission before it runs a command, and in a script each
// command too. So a command that has no effect shows what may be run.
// (doc: operate/oss_and_stack/management/security/acl; tests)
//
// # 2. go-redis
//
// 2.1 The default is three retries. With them, a script whose answer was lost ran up
// to four times while the caller saw one success. INCR, XADD and a pipeline ran
// twice. (measured)
//
// 2.2 With retries off (MaxRetries -1), and in TxPipelined and Watch, a lost answer is
// an EOF to the caller and nothing runs twice. (measured)
//
// 2.3 A Cluster's client leaves retries of its nodes off and repeats by MaxRedirects.
// For one connection to one master, ask it for MasterForKey and take Conn from that.
// (source: go-redis, osscluster.go; tests)
//
// 2.4 Errors about an address can hold its password. They are never shown. (tests)
//
// # 3. What each kind of loss takes
//
// 3.1 kill -9 of Redis: with the append-only file, everysec or always, 0 of 245,000
// acknowledged writes. Without the file, all. (measured)
//
// 3.2 A power cut of the machine: with everysec about two seconds, with always
// nothing. (doc: as 1.7; belief: no disk of ours lies about a sync. If one does, the
// signature's expiry and the machine's last operation still stop a second call.)
//
// 3.3 A fail-over over a link of 20 ms: without WAIT 3,771 to 4,185 acknowledged
// writes, with min-replicas-to-write 1 alone 765 to 1,356, with WAIT 1 none.
// (measured)
//
// 3.4 A network split: both sides can have a master. Only one side can have more than
// half of the largest set of nodes that was ever seen. (tests)
//
// 3.5 An operator's mistake: a Redis that was emptied, restored from a backup or
// exchanged. Each partition holds the epoch, sealed. A process that knows another one
// arms nothing and shows a freeze until `bot adopt`. (tests)
//
// # 4. The keys
//
// N is one of 16 partitions, for good: a hash of account/region/instance modulo 16.
// An operation's id begins with it, and so does an item's. All keys of a partition
// share a slot. Nothing has an end unless one is given here.
//
//	twokey:{N}:..     type     content                              writer     end
//	op:ID             hash     the record: rev, state, cmd, v,      create,    400 days
//	                           data, seal, ins, card, and           apply,     after it
//	                           c:COMMAND -> revision                settle,    ended
//	                                                                card
//	log:ID            stream   a line for each transition; its id   create,    as the
//	                           is the revision                      apply,     record
//	                                                                settle
//	log:ID:aside      stream   a log that takes no line more        settle     400 days
//	due               zset     op:ID, in:ITEM, out -> when it is    most
//	                           due, or its lease ends, in ms
//	own               hash     the same -> token and worker; !op:ID claim,
//	                           if a click came under the lease      release
//	tok               string   the counter of fencing tokens        claim,
//	                                                                receive
//	ins               hash     instance -> the live operation: its  create,    the
//	                           lock                                 apply      operation's
//	hist:REF          list     an instance's newest 200 operations  create     400 days
//	ended             zset     operation -> when it ended; 200      apply      400 days
//	out               stream   posts that wait for Slack            most       when posted
//	aside             stream   posts that nobody can read; 1,000    Posted
//	in:ITEM           string   what a person did, sealed JSON       receive    when finished
//	tries             hash     in:ITEM -> how often it was claimed  claim      when finished
//	stops             hash     in:ITEM -> what it stops, * for all  receive    when finished
//	seen:DEDUPE       string   guard: the delivery was stored       receive    10 minutes
//	made:COMMAND      string   guard: the command created this id   create     7 days
//	told:KEY          string   guard: the post or note was written  tell,note  10 min, 7 d
//	audit             stream   the partition's audit chain          most       never
//	adopted           string   what an operator went on without,    adopt      never
//	                           sealed
//	replicas          hash     most -> the largest set of replicas  seen       never
//	epoch             string   the life of this Redis, sealed       start      never
//
//	twokey:{b:ACCOUNT}:run    zset     operation -> since when it runs   reserve
//	twokey:{b:ACCOUNT}:hour   zset     the same, for one hour            reserve  1 hour
//	twokey:{b:ACCOUNT}:tags   hash     operation -> its tags             reserve
//	twokey:{freeze}           string   the freeze or its end, sealed     freeze
//	twokey:{freeze}:audit     stream   its audit chain                   freeze   never
//	twokey:{freeze}:adopted   string   as adopted above                  adopt    never
//	twokey:{freeze}:told:KEY  string   guard: this was decided           freeze   7 days
//	twokey:{heads}            string   the ends of all chains, sealed    10 s     never
//	twokey:{ship:HASH}        hash     chain -> how far it was shipped   ship     never
//	twokey:{ship:HASH}:holder string   who ships                         ship     30 s
//	twokey:{slack}:present    zset     replica -> when it was alive      present
//	twokey:{slack}:noticed    hash     what was noticed of Slack         Notice
//	twokey:{pace:CHANNEL}     string   when its posts are paid for       pace     seconds
//
// sealed.go says which of them can decide something, and what keeps whoever writes
// to Redis from deciding it.
//
// # 5. Transitions
//
// 5.1 A transition is one script, and one round trip. It compares the revision. Then
// it writes the audit entry, the log's line, the record, the next wake-up, the
// machine's lock and the posts. All of that is written, or nothing is.
//
// 5.2 Every transition carries a command id. The same id again has no effect and is
// answered dup: so a script that go-redis sent twice (2.1) is harmless. The record
// keeps all ids. A first version kept only the last one, and a checker of
// linearizability refused it. (tests)
//
// 5.3 Before the ack, an item is in Redis and, if there are replicas, on one of them.
// Before Slack shows something, so is what it shows.
//
// 5.4 Times are milliseconds by Redis' clock, in every script.
//
// # 6. The arming protocol
//
// At most one ResetInstance reaches the cloud for an approved proposal, and its
// outcome is known or called unknown. Each point carries a part; a model in
// commands/reinstall finds a second wipe or a wrong outcome if one is left out.
//
// 6.1 Burn before use. The transition ready -> armed is the record of the intent, and
// no transition leads back. Only the call that wrote it sends, in straight-line code,
// by one HTTP attempt. Whoever else finds armed only reconciles.
//
// 6.2 Durable before sending. The transition, its confirmation and a second read
// travel as one batch on one connection with retries off (1.5, 2.2). With replicas,
// more than half of all nodes that there ever were must have it (3.4). Without, the
// disk must: by appendfsync always, by WAITAOF, or by INFO two seconds later. The
// second read must show this very command as the last one. Any doubt is an error, and
// then nothing is sent. (arm.go, redisdb/durability.go)
//
// 6.3 The signature's expiry is the fence at the cloud. Tencent Cloud refuses a
// timestamp that is more than five minutes off. The transport sends only while the
// timestamp is within 5 s of the arming time T0. So a frozen worker's request is dead
// at T0 + 300 s. (cloud/doc.go 8.2)
//
// 6.4 Release late. Not sent is concluded only after T0 + 400 s: 300 s, the clocks'
// skew and a margin. Nobody arms at a skew of over 30 s. The machine's lock is held
// until then.
//
// 6.5 Baseline. The machine's last operation and its request id are read with the
// plan and must be the same just before arming. That catches a person at the console
// and a Redis that was rolled back; alone it is not enough.
//
// 6.6 One attempt. Retries are off in the SDK and in HTTP. There is never an
// Idempotency-Key header: Go's transport would send again.
//
// 6.7 After a crash in armed: another last operation that is a ResetInstance means
// sent, and the image is verified. The baseline at T0 + 400 s means not sent, and the
// keys are needed again. Another operation on top means unknown: the lock stays, and a
// person decides.
//
// # 7. The audit
//
// 7.1 No audit, no action: the entry is written in the script of what it records, and
// before all else (1.1). The audit is 17 chains, since what a script writes shares a
// slot (1.2): one for each partition, one for freezes.
//
// 7.2 An entry's link is the SHA-1 of the link before it, its number, its time and
// the SHA-256 of its body. SHA-1 is the only hash that a script can compute. It
// carries no secret and stops nobody who may write to Redis: they could compute all
// links again in any hash. What they cannot do is seal. Each entry has an
// HMAC-SHA-256 over its body and the chain's name, with a key that never enters
// Redis, and so have the ends of the chains, every 10 s. The links only hold sealed
// entries in their order. A collision of SHA-1 helps nobody: both sides of it
// would have to contain the SHA-256 of a sealed body.
//
// 7.3 The SHA-1 that names a script (1.3) is a name as well. Whoever can load another
// script into Redis can already write everything there.
//
// 7.4 A chain whose end was cut off refuses the next entry (1.4), and with it every
// transition. `bot audit adopt` goes on, by an entry that names what is missing.
//
// # 8. Decisions
//
// 8.1 Why Redis: many operators run one already. One server is enough, and Sentinel
// and a Cluster work the same way. A transition takes 0.16 ms at everysec and
// 0.36 ms at always; a Cluster takes 24,500 a second. That is far more than people
// press. A database with consensus would make 6.2 shorter, and the rest not: the cloud
// is outside of any transaction, so 6.1 and 6.3 to 6.7 are needed with every store.
// (measured)
//
// 8.2 Why the record is the engine, and no task queue or workflow engine stands
// beside it. They run a step again after a crash, as they promise. This step wipes a
// machine. Then the truth has to be in the record anyway, and a second engine would
// only have to agree with it. Measured:
//
//	                       asynq 0.26       go-workflows 1.4.2   the record
//	wake-up, p50 / p95     889 / 1359 ms    1.0 / 5.2 ms         0.2 ms and the poll
//	                       (47 / 116 ms                          of 250 ms; a click at
//	                       polling 100 ms)                       once
//	timers are late        up to 5.7 s      not measured         milliseconds
//	taken over after       115 s, fixed     117 s; 10 s tuned    10 s at a lease of
//	kill -9                                                      10 s
//	a step runs twice      after a lost     at once, if a        may; an old commit is
//	                       Done             worker is frozen     answered fenced
//	Cluster                works            in one slot only     works
//	memory an operation    0.5 kB and the   5.7 kB               5.6 kB (24 fields, 8
//	                       payload                               log entries)
//
// 8.3 Why leases are for liveness only. A frozen process does not know that its lease
// ended; it wakes up and sends. With leases alone, 73 of 400 machines were reset twice
// in an experiment with kills and freezes. With section 6, none of 1,700, over kill
// -9, freezes, lost answers, kills of Redis, a fail-over and a Cluster. A lease says
// who works on something now, so that work does not lie idle. The revision decides.
//
// 8.4 Why there is never a second call. A lost answer does not say whether the machine
// was wiped. The API has no token that makes a repeated call harmless, and a second
// wipe would take what was put on the machine after the first. To ask what happened
// costs minutes; to guess can cost a disk. (cloud/doc.go 2.1)
//
// 8.5 Why 16 partitions. One would put everything into one slot of a Cluster. The
// number is in every id, so it can never change: it is what an id's first character
// has room for, twice.
//
// 8.6 Why records are sealed. Whoever writes to Redis may stop a proposal, and must
// not be able to make one up. Redis has many readers: backups, replicas, dashboards,
// other tenants.
//
// # 9. miniredis
//
// miniredis 2.40 runs the scripts, at 4,300 a second. It has no persistence, ROLE,
// CONFIG, INFO memory or WAITAOF, and its times to live need FastForward. So practice
// uses it only if there is no redis-server, with a warning, and tests use it for what
// needs a clock that can be set. (measured)
package store
