#!/bin/sh
# chaos.sh DIR BEGUN COMMAND writes deploy/chaos.md from the tables in DIR.
set -eu
dir=$1
section() { # title, what it is, file
	printf '\n## %s\n%s\n\n' "$1" "$2"
	cat "$dir/$3"
}
commit=$(cat "$dir/commit") # as it was when the tests began
redis=$(redis-server --version | sed 's/.*v=\([^ ]*\).*/\1/')
cat <<TEXT
# Never twice, nothing lost: what was tried

Made by \`$3\`, begun $2 UTC, at commit $commit, on $(nproc) cores of $(uname -sm), $(go env GOVERSION), Redis $redis.

Processes of the bot, Redis and HTTP with signed requests are real. Slack and the cloud are doubles, and what they recorded is the judge. Each proposal goes all the way: proposed, approved, backup confirmed, counted down, reset, followed.

- *Resets too many*: machines that were reset twice for one proposal.
- *Wrong wipes*: calls too many, or calls without both keys in the thread. Records that somebody changed in Redis count too.
- *Wrong outcomes*: cards that do not show what the cloud did.
- *Lines lost or told twice*: lines of threads.
- *Calls without a visible countdown*: resets whose countdown the channel had not shown, on the card and in the thread, by the doubles' times.

An unanswered call is dead after 400 s by the cloud's clock. The double skips 285 of them when everything else has ended.
TEXT
section Chaos "Three replicas; accidents every other second, some at chosen points of the wire. Bot and doubles run without the rate limits of Slack and the cloud, so that hundreds of proposals fit into minutes." chaos.md
section Sentinel 'Three replicas of the bot; a Redis primary, its replica behind a link of 20 ms, three sentinels; the test kills the primary in the middle of everything.' sentinel.md
section Cluster 'Three masters with a replica each; the test kills a master in the middle of everything.' cluster.md
section 'Every kill' 'One proposal follows the other. The test kills the bot at each call to Redis, Slack and the cloud: before it, after it with the answer lost, and after it. Idle polls have no kill before them.' sweep.md
section 'The mutant' 'The same harness runs a bot that trusts leases alone; it exists in test code only. The harness has to see machines reset twice, and does.' canary.md
