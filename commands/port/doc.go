// Package port is what the rooms need of the outside: small interfaces, the records
// that cross them, and their errors. Package bot/store implements Store, bot/chat
// Chat, cloud Cloud and bot/probe Prober.
package port
