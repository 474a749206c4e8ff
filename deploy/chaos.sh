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

Real processes of the bot, a real Redis, real HTTP with signed requests; Slack and the cloud are the doubles, whose own account of what was done is the judge. A proposal goes from the command to its end: proposed, approved, backup confirmed, counted down, reset, followed. *Resets too many* counts machines reset twice for one proposal; *wrong wipes* calls too many, or without both keys in the thread, also where somebody changed a record in Redis; *wrong outcomes* where the card is not what the cloud did; *lines lost or told twice* the threads; *calls without a visible countdown* resets before which the channel had not shown that countdown, on the card and in the thread, by the times that the doubles recorded. That a call of which nothing was heard is dead takes 400 s by the cloud's clock; of these the double skips 285 once everything else has ended.
TEXT
section Chaos "Three replicas; accidents every other second, some at chosen points of the wire. Slack's and the cloud's rate limits are lifted (for the bot and the doubles alike), so that hundreds fit into minutes." chaos.md
section Sentinel 'Three replicas of the bot; a Redis primary, its replica behind a link of 20 ms, three sentinels; the primary is killed in the middle of everything.' sentinel.md
section Cluster 'Three masters with a replica each; a master is killed in the middle of everything.' cluster.md
section 'Every kill' 'One proposal after the other; the bot is killed at each call to Redis, Slack and the cloud: before it, after it with the answer lost, and after it. Idle polls have no kill before them.' sweep.md
section 'The canary' 'The same harness with a bot that trusts leases alone (it exists in test code only): it has to see machines reset twice, and does.' canary.md
