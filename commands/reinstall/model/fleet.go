package model

// FleetPart is what is remembered of one account's machines in one region. It helps
// somebody to pick; what they pick is read again. The machines are shared: nobody
// changes them.
type FleetPart struct {
	Account  string
	Region   string
	Machines []Instance
	Err      error // why there are none
}
