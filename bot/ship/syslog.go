package ship

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/leodido/go-syslog/v4/rfc5424"
)

// syslog sends each entry as a message of RFC 5424: over TCP with its length before it
// (RFC 6587), over UDP in one datagram. Syslog confirms nothing. What a broken connection
// or a lost datagram took shows when an operator compares what arrived with Redis.
type syslog struct {
	network, addr string
	host          string
	conn          net.Conn
}

// priority is facility 13, log audit, and severity 5, notice.
const priority = 13*8 + 5

func newSyslog(kind, addr string) *syslog {
	s := &syslog{network: "tcp", addr: addr}
	if kind == "syslog+udp" {
		s.network = "udp"
	}
	s.host, _ = os.Hostname()
	return s
}

func (s *syslog) Send(ctx context.Context, lines []Line) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err := s.sendMessages(ctx, lines)
	if err != nil { // the next Send opens another connection
		_ = s.Close()
		return fmt.Errorf("send the audit to syslog: %w", err)
	}
	return nil
}

func (s *syslog) sendMessages(ctx context.Context, lines []Line) error {
	if s.conn == nil {
		c, err := new(net.Dialer).DialContext(ctx, s.network, s.addr)
		if err != nil {
			return err
		}
		s.conn = c
	}
	if err := s.checkOpen(); err != nil {
		return err
	}
	till, _ := ctx.Deadline()
	if err := s.conn.SetWriteDeadline(till); err != nil {
		return err
	}
	for _, l := range lines {
		m, err := s.encodeMessage(l)
		if err != nil {
			return err
		}
		if s.network == "tcp" {
			m = strconv.Itoa(len(m)) + " " + m
		}
		if _, err := s.conn.Write([]byte(m)); err != nil {
			return err
		}
	}
	return s.checkOpen()
}

// checkOpen returns an error if the other side has closed the connection: a write to it
// succeeds and is lost.
func (s *syslog) checkOpen() error {
	if s.network != "tcp" {
		return nil
	}
	if err := s.conn.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
		return err
	}
	_, err := s.conn.Read(make([]byte, 64))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	return err
}

// encodeMessage is the entry as a message, whose id is chain and number.
func (s *syslog) encodeMessage(l Line) (string, error) {
	m := &rfc5424.SyslogMessage{}
	m.SetPriority(priority)
	m.SetVersion(1)
	m.SetTimestamp(l.At.UTC().Format("2006-01-02T15:04:05.000Z07:00"))
	m.SetHostname(s.host)
	m.SetAppname("twokey")
	m.SetMsgID(l.Chain + "/" + strconv.FormatInt(l.Seq, 10))
	m.SetMessage(string(l.JSON))
	text, err := m.String()
	if err != nil {
		return "", fmt.Errorf("entry %d of chain %s is no message of syslog: %w", l.Seq, l.Chain, err)
	}
	return text, nil
}

func (s *syslog) Close() error {
	if s.conn == nil {
		return nil
	}
	c := s.conn
	s.conn = nil
	return c.Close()
}
