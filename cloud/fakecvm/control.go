package fakecvm

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/strictjson"
)

// State is what GET /state answers.
type State struct {
	Time          time.Time          `json:"time"`           // of the cloud's wall clock
	VirtualSecond float64            `json:"virtualSeconds"` // since New
	Speed         float64            `json:"speed"`
	Instances     []account.Instance `json:"instances"`
	Images        []account.Image    `json:"images"`
	Snapshots     []account.Snapshot `json:"snapshots"`
	KeyPairs      []account.KeyPair  `json:"keyPairs"`
	Resets        map[string]int     `json:"resets"`        // accepted, by instance
	ResetRequests map[string]int     `json:"resetRequests"` // arrived, by instance
	Switched      map[string]string  `json:"switched"`      // what is on: NAME or NAME@INSTANCE
}

// State returns everything that the cloud holds, as it truly is now.
func (c *Cloud) State() (s State) {
	c.readState(func() {
		now := c.account.Clock.Virtual()
		s = State{
			Time: c.account.Clock.Wall(), VirtualSecond: now.Seconds(), Speed: c.account.Clock.Speed,
			KeyPairs: append([]account.KeyPair{}, c.account.KeyPairs...),
			Resets:   map[string]int{}, ResetRequests: map[string]int{}, Switched: c.account.Switches.AllOn(),
		}
		for _, m := range c.account.Machines {
			s.Instances = append(s.Instances, m.Truth(now))
		}
		for _, i := range c.account.Images {
			s.Images = append(s.Images, i.View(now))
		}
		for _, one := range c.account.Snapshots {
			s.Snapshots = append(s.Snapshots, one.View(now))
		}
		for id, at := range c.account.Accepted {
			s.Resets[id] = len(at)
		}
		for id, n := range c.arrived {
			s.ResetRequests[id] = n
		}
	})
	return s
}

// Control is the control port: JSON over HTTP, without any authentication, for
// tests that run the double in another process. Each path has a Go twin.
//
//	GET  /state                        everything (State)
//	GET  /requests                     the API requests that arrived (Requests)
//	GET  /switches                     the switches and how they stand (Switches)
//	POST /switch   {"name","value","instance"}   Switch, SwitchFor
//	POST /advance  {"seconds"}                   Advance
//	POST /speed    {"speed"}                     SetSpeed
//	POST /operate  {"instance","action"}         Operate
//	POST /instance {"instance", ..}              Patch: any fields of Instance by their
//	                                             JSON names; a tag of null is removed
//
// POST answers {} or, with status 400, {"error": "why"}. Unknown fields are
// refused.
func (c *Cloud) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) {
		writeState(w, http.StatusOK,
			c.State())
	})
	mux.HandleFunc("GET /requests",
		func(w http.ResponseWriter, _ *http.Request) { writeState(w, http.StatusOK, orEmpty(c.Requests())) })
	mux.HandleFunc("GET /switches",
		func(w http.ResponseWriter, _ *http.Request) { writeState(w, http.StatusOK, c.Switches()) })
	mux.HandleFunc("POST /switch", jsonCommand(func(in struct{ Name, Value, Instance string }) error {
		return c.SwitchFor(in.Instance, in.Name, in.Value)
	}))
	mux.HandleFunc("POST /advance", jsonCommand(func(in struct{ Seconds float64 }) error {
		return c.Advance(time.Duration(in.Seconds * float64(time.Second)))
	}))
	mux.HandleFunc("POST /speed", jsonCommand(func(in struct{ Speed float64 }) error { return c.SetSpeed(in.Speed) }))
	mux.HandleFunc("POST /operate", jsonCommand(func(in struct{ Instance, Action string }) error {
		return c.Operate(in.Instance, in.Action)
	}))
	mux.HandleFunc("POST /instance", jsonCommand(c.patchJSON))
	return mux
}

// jsonCommand makes a handler of a command that comes as JSON. It compares names
// without case.
func jsonCommand[T any](do func(T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in T
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err == nil {
			err = strictjson.UnmarshalAnyCase(body, &in)
		}
		if err == nil {
			err = do(in)
		}
		if err != nil {
			writeState(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		writeState(w, http.StatusOK, struct{}{})
	}
}

func writeState(w http.ResponseWriter, status int, what any) {
	body, err := json.MarshalIndent(what, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}

// patchJSON merges fields into the instance that "instance" names.
func (c *Cloud) patchJSON(fields map[string]json.RawMessage) error {
	var id string
	if err := json.Unmarshal(fields["instance"], &id); err != nil {
		return fmt.Errorf(`"instance" has to name one: %w`, err)
	}
	var tags map[string]*string
	if raw, ok := fields["tags"]; ok {
		if err := json.Unmarshal(raw, &tags); err != nil {
			return fmt.Errorf(`"tags": %w`, err)
		}
	}
	delete(fields, "instance")
	delete(fields, "tags")
	rest, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	var probe account.Instance
	if err := strictjson.Unmarshal(rest, &probe); err != nil {
		return err
	}
	return c.Patch(id, func(i *account.Instance) {
		if err := strictjson.Unmarshal(rest, i); err != nil {
			panic("fakecvm: " + err.Error()) // the probe has passed
		}
		for key, value := range tags {
			if value == nil {
				delete(i.Tags, key)
				continue
			}
			i.Tags[key] = *value
		}
	})
}
