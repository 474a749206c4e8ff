package redisdb

import (
	"errors"
	"strings"
	"testing"

	"twokey/commands/port"
)

func TestMoreThanHalfOfAllNodesMustConfirm(t *testing.T) {
	for most := range 12 {
		need, nodes := majority(most), most+1
		if with := need + 1; 2*with <= nodes {
			t.Errorf("%d of %d nodes are no majority", with, nodes)
		}
		if without := need; need > 0 && 2*without > nodes {
			t.Errorf("of %d nodes %d would do", nodes, without)
		}
	}
}

func TestHowARecordGetsToTheDisk(t *testing.T) {
	unknown, refused := errors.New("ERR unknown command 'waitaof'"),
		errors.New("NOPERM this user has no permissions to run the 'config|get' command")
	for _, c := range []struct {
		fsync, onRewrite string
		err, waitaof     error
		want             fsyncMode
		not              string
	}{
		{"always", "no", nil, unknown, fsyncAlways, ""},
		{"always", "no", nil, nil, fsyncAlways, ""},
		{"everysec", "no", nil, nil, fsyncConfirmed, ""},
		{"everysec", "no", nil, unknown, fsyncWatched, ""},
		{"no", "no", nil, unknown, 0, "appendfsync no"},
		{"no", "no", nil, nil, 0, "appendfsync no"},
		{"everysec", "yes", nil, nil, fsyncConfirmed, ""},
		{"everysec", "yes", nil, unknown, 0, "no-appendfsync-on-rewrite"},
		{"always", "yes", nil, unknown, 0, "no-appendfsync-on-rewrite"},
		{"", "", refused, nil, fsyncConfirmed, ""},
		{"", "", refused, unknown, 0, "+config|get"},
		{"", "", nil, unknown, 0, "+config|get"},
		{"sometimes", "no", nil, unknown, 0, `"sometimes"`},
	} {
		got, err := fsyncModeOf(map[string]string{"appendfsync": c.fsync, "no-appendfsync-on-rewrite": c.onRewrite},
			c.err, c.waitaof)
		if (err == nil) != (c.not == "") || err != nil &&
			(!errors.Is(err, port.ErrCannotArm) || !strings.Contains(err.Error(), c.not)) || err == nil &&
			got != c.want {
			t.Errorf("%q, %q, %v, WAITAOF %v: %v, %v", c.fsync, c.onRewrite, c.err, c.waitaof, got, err)
		}
	}
}

func TestWhatInfoShowsOfTheDisk(t *testing.T) {
	calm := "aof_enabled:1\r\naof_last_write_status:ok\r\naof_delayed_fsync:3\r\naof_pending_bio_fsync:0\r\naof_buffer_length:0\r\n"
	for _, c := range []struct {
		name, old, new string
		on, never      bool
	}{
		{"all is fsyncAlways", "", "", true, false},
		{"a sync is under way", "bio_fsync:0", "bio_fsync:1", false, false},
		{"a write is held back", "buffer_length:0", "buffer_length:70", false, false},
		{"a sync was late", "delayed_fsync:3", "delayed_fsync:4", false, true},
		{"the file cannot be written", "status:ok", "status:err", false, true},
		{"the file was turned off", "enabled:1", "enabled:0", false, true},
		{"it does not tell of syncs", "aof_pending_bio_fsync:0\r\n", "", false, true},
	} {
		on, err := onDisk(infoFields(calm), infoFields(strings.Replace(calm, c.old, c.new, 1)))
		if on != c.on || (err != nil) != c.never {
			t.Errorf("%s: %v, %v", c.name, on, err)
		}
	}
}
