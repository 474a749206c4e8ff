// Package ship brings the audit's entries to a destination outside of Redis. It knows
// nothing of what they say: an entry is a line.
package ship

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"twokey/commands/reinstall/model"
)

// Line is an entry of the audit.
type Line struct {
	Chain string
	Seq   int64
	At    time.Time
	JSON  []byte // without a line feed
}

// Destination takes entries, in the order in which they are sent. Send returns nil once
// all are taken, as far as the destination can know; otherwise all are to be sent again.
type Destination interface {
	Send(ctx context.Context, lines []Line) error
	Close() error
}

// Config says how to reach the destination that the policy names.
type Config struct {
	To     model.AuditTo
	Key    []byte    // signs what is posted
	Stdout io.Writer // of the process
}

// sendTimeout is how long one Send may take.
const sendTimeout = 10 * time.Second

// Open makes the destination ready; nothing is reached yet. To must be set.
func Open(c Config) (Destination, error) {
	switch c.To.Kind {
	case "stdout":
		return &stdout{c.Stdout}, nil
	case "file":
		return &file{c.To.At}, nil
	case "https":
		return newWebhook(c.To.At, c.Key)
	case "syslog", "syslog+udp":
		return newSyslog(c.To.Kind, c.To.At), nil
	}
	return nil, fmt.Errorf("the audit cannot be shipped to %q", c.To)
}

// joinLines joins lines with their line feeds, up to so many bytes, but at least one
// line. It returns how many lines there are in body.
func joinLines(lines []Line, most int) (body []byte, n int) {
	for _, l := range lines {
		if n > 0 && len(body)+len(l.JSON)+1 > most {
			break
		}
		body = append(append(body, l.JSON...), '\n')
		n++
	}
	return body, n
}

// noLimit has joinLines join all lines.
const noLimit = 1 << 40

type stdout struct{ w io.Writer }

func (s *stdout) Send(_ context.Context, lines []Line) error {
	body, _ := joinLines(lines, noLimit)
	if _, err := s.w.Write(body); err != nil {
		return fmt.Errorf("write the audit to stdout: %w", err)
	}
	return nil
}

func (s *stdout) Close() error { return nil }

// file is opened for each sending, so that it may be moved away at any time.
type file struct{ path string }

func (f *file) Send(_ context.Context, lines []Line) error {
	if err := f.appendLines(lines); err != nil {
		return fmt.Errorf("write the audit to a file: %w", err)
	}
	return nil
}

func (f *file) appendLines(lines []Line) (err error) {
	out, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if closed := out.Close(); err == nil {
			err = closed
		}
	}()
	if err := dropPartialLine(out); err != nil {
		return err
	}
	body, _ := joinLines(lines, noLimit)
	if _, err := out.Write(body); err != nil {
		return err
	}
	return out.Sync()
}

func (f *file) Close() error { return nil }

// dropPartialLine cuts off the part of a line that was written before a crash. Its entry
// was not shipped, and comes again.
func dropPartialLine(f *os.File) error {
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	b := make([]byte, 4096)
	for at := end; at > 0; {
		n := min(at, int64(len(b)))
		at -= n
		if _, err := f.ReadAt(b[:n], at); err != nil {
			return err
		}
		if i := bytes.LastIndexByte(b[:n], '\n'); i >= 0 {
			return truncate(f, end, at+int64(i)+1)
		}
	}
	return truncate(f, end, 0)
}

func truncate(f *os.File, from, to int64) error {
	if from == to {
		return nil
	}
	return f.Truncate(to)
}
