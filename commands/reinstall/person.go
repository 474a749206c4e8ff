package reinstall

// Person is who Slack says somebody is, now.
type Person struct {
	ID      string
	Name    string
	Email   string
	Outside bool // of another workspace
	Guest   bool // restricted or ultra restricted
	Bot     bool // a bot or a workflow
	Deleted bool // deactivated
}
