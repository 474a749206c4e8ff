package store

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"sync"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/seal"
)

// Redis keeps the truth and cannot make it up. What each key may decide, and
// what keeps whoever writes there from deciding:
//
//	op:<id>      rev, v, data   sealed together, bound to the id
//	             state, cmd     decide nothing alone: data holds the state
//	             c:<command>    taken away: the command meets the revision;
//	                            put there: what was asked has no effect
//	             card           where the card is shown, and nothing else; what is no
//	                            address was changed outside as well
//	log:<id>     each entry sealed, bound to the id and its revision
//	in:<item>    sealed when it was taken at the door
//	due, own, tok, tries        when and by whom something is looked at: the
//	                            times that count are in the sealed record
//	ins, hist, ended            which records are listed and which machine is
//	                            locked: each record is bound to its own id, and
//	                            two calls for one machine meet at its baseline
//	seen, made, told            whether a thing is done again: it is decided again
//	out, aside                  what is shown
//	run, hour, tags             room in the budget: not sealed
//	freeze                      sealed (freeze.go)
//
// A record that was there before comes with its own seal. Whoever has seen a
// later revision knows it for an older one (Record.Later); the log refuses a
// revision that it has; and the machine's last operation is compared with the
// baseline before every call.

func (s *records) sealRecord(id string, r stored) (string, error) {
	return s.seal.Seal(seal.Record, "record", id, r.rev, r.v, r.data)
}

func (s *records) sealFits(id string, r stored) bool {
	return s.seal.Fits(seal.Record, r.seal, "record", id, r.rev, r.v, r.data)
}

func (s *records) sealEntry(id string, e port.Entry) (string, error) {
	return s.seal.Seal(seal.Record, entryParts(id, e)...)
}

func entryParts(id string, e port.Entry) []string {
	return []string{"log", id, strconv.FormatInt(e.Rev, 10), string(e.State), e.Command, e.By, e.What, e.Detail, e.Fingerprint}
}

// decode reads a record, if it is what Twokey wrote. One that is not is
// Tampered, and nothing of it is believed.
func (s *records) decode(id string, r stored) (port.Record, error) {
	switch {
	case (r.fits || s.sealFits(id, r)) && cardReads(r.card):
		rec, err := r.parse(id)
		if err != nil {
			return rec, err
		}
		rec.Op = seal.Unforged(s.seal, rec.Op)
		rec.Later = s.seen.noteRead(id, rec.Rev, rec.Op.State)
		s.tampered.note(id, false)
		return rec, nil
	case r.seal == "":
		if rec, err := r.parse(id); err == nil && r.predatesSeals() {
			rec.Op, rec.Unsealed = rec.Op.Unsealed(), true
			return rec, nil
		}
	}
	if s.tampered.note(id, true) {
		s.log.Error("records: changed outside Twokey, nothing is done with it", "op", id)
	}
	return r.asTampered(id), nil
}

// asTampered stands for a record that was changed outside Twokey. What it shows of
// it is for people to recognise it by.
func (r stored) asTampered(id string) port.Record {
	var was struct {
		Channel  string     `json:"channel"`
		Proposer string     `json:"proposer"`
		Plan     model.Plan `json:"plan"`
	}
	_ = json.Unmarshal([]byte(r.data), &was) // what cannot be read shows nothing
	rec := tamperedRecord(id, parseRef(id, r.ins))
	rec.Rev = parseRevision(r.rev)
	rec.Op.Channel, rec.Op.Proposer, rec.Op.Plan.Name = was.Channel, was.Proposer, was.Plan.Name
	_ = json.Unmarshal([]byte(r.card), &rec.Card)
	return rec
}

func tamperedRecord(id string, ref model.Ref) port.Record {
	return port.Record{Op: reinstall.Operation{
		ID: id, State: reinstall.Tampered, Plan: model.Plan{Ref: ref},
		End: &reinstall.End{Why: "its record was changed outside Twokey"},
	}}
}

// parseRef reads an instance that an id may be for; the zero Ref if it cannot be.
func parseRef(id, text string) model.Ref {
	f := strings.Split(text, "/")
	if len(f) != 3 {
		return model.Ref{}
	}
	ref := model.Ref{Account: f[0], Region: f[1], Instance: f[2]}
	if keys.OfID(id) != keys.OfInstance(ref) {
		return model.Ref{}
	}
	return ref
}

// lockOf finds the instance that an operation holds the lock of, if the
// operation itself is gone.
func (s *records) lockOf(ctx context.Context, id string) (model.Ref, bool) {
	held, err := s.db.HGetAll(ctx, keys.OfID(id).Locks()).Result()
	if err != nil {
		return model.Ref{}, false
	}
	for text, holder := range held {
		if ref := parseRef(id, text); holder == id && ref != (model.Ref{}) {
			return ref, true
		}
	}
	return model.Ref{}, false
}

// seenRevisions are the highest revisions that this process has seen, and the states
// there.
type seenRevisions struct {
	mu sync.Mutex
	m  map[string]seenRevision
}

type seenRevision struct {
	rev   int64
	state reinstall.State
}

// seenSize bounds them: more than can be live.
const seenSize = 1 << 16

func (r *seenRevisions) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.m = nil
}

// noteRead notes a revision that was read; later is the state at a later one, if
// there was one.
func (r *seenRevisions) noteRead(id string, rev int64, state reinstall.State) (later reinstall.State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if was := r.m[id]; rev < was.rev {
		return was.state
	}
	r.put(id, seenRevision{rev, state})
	return ""
}

// noteWritten notes a revision that this process wrote: from now on it is the highest.
func (r *seenRevisions) noteWritten(id string, rev int64, state reinstall.State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.put(id, seenRevision{rev, state})
}

func (r *seenRevisions) put(id string, v seenRevision) {
	if r.m == nil {
		r.m = map[string]seenRevision{}
	}
	r.m[id] = v
	for other := range r.m {
		if len(r.m) <= seenSize {
			return
		}
		if other != id {
			delete(r.m, other)
		}
	}
}

// sealedSince is the first schema with a seal: from it on, a record without one was
// robbed of it.
const sealedSince = 6

// predatesSeals reports whether a record is of a schema without seals.
func (r stored) predatesSeals() bool {
	v, err := strconv.Atoi(r.v)
	return err == nil && v > 0 && v < sealedSince
}
