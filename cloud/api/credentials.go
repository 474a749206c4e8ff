package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"golang.org/x/sync/singleflight"

	"twokey/commands/reinstall/model"
)

const (
	roleSession = 2 * time.Hour
	// roleRenew is how long before its end Renew assumes a role again. If that fails,
	// a session that lives for roleSpare yet is good enough.
	roleRenew = 15 * time.Minute
	roleSpare = time.Minute
)

// Credentials are the credentials of one account: fixed ones, or those of a role
// that the fixed ones assume. The SDK asks for them after it has stamped a request,
// without a context and without a way to fail. So Renew renews them before every
// call, and the SDK only picks up what is there. The SDK's own providers do it while
// they sign, or ask a metadata service without a time-out (cloud/doc.go 8.7).
type Credentials struct {
	base    common.Credential
	role    string
	assume  func(context.Context) (session, error)
	now     func() time.Time
	held    atomic.Pointer[session]
	renewal singleflight.Group
	earlier sync.Map // ids of the sessions that this process had
}

// session is one set of credentials and when it ends; the zero time is never.
type session struct {
	common.Credential
	until time.Time
}

func newCredentials(a AccountConfig, c *Client) *Credentials {
	base := common.Credential{SecretId: a.SecretID, SecretKey: a.SecretKey, Token: a.Token}
	k := &Credentials{base: base, role: a.RoleARN, now: c.Now}
	k.assume = func(ctx context.Context) (session, error) { return c.assumeRole(ctx, a, k) }
	if k.role == "" {
		k.held.Store(&session{Credential: base})
	}
	return k
}

// Renew makes sure that the credentials outlive the next call.
func (k *Credentials) Renew(ctx context.Context) error {
	if k.role == "" {
		return nil
	}
	held := k.held.Load()
	if held != nil && k.now().Before(held.until.Add(-roleRenew)) {
		return nil
	}
	ch := k.renewal.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
		defer cancel()
		s, err := k.assume(ctx)
		if err == nil {
			k.held.Store(&s)
			k.earlier.Store(s.SecretId, true)
		}
		return nil, err
	})
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case r := <-ch:
		if r.Err != nil && held != nil && k.now().Before(held.until.Add(-roleSpare)) {
			return nil
		}
		return r.Err
	}
}

// Caller says whose an access key's id is. A role has a new id every session, and
// earlier processes had others: there only a match proves something.
func (k *Credentials) Caller(id string) model.Caller {
	switch {
	case id == "":
		return model.CallerUnsure
	case id == k.session().SecretId:
		return model.CallerOurs
	case k.role != "":
		if _, ours := k.earlier.Load(id); ours {
			return model.CallerOurs
		}
		return model.CallerUnsure
	}
	return model.CallerForeign
}

// Fingerprint stands for an access key's id in records: the same for the same id,
// and useless to anybody else. It is empty for no id.
func Fingerprint(id string) string {
	if id == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("twokey access key " + id))
	return hex.EncodeToString(sum[:8])
}

func (k *Credentials) session() common.Credential {
	if s := k.held.Load(); s != nil {
		return s.Credential
	}
	return common.Credential{}
}

// GetSecretId is common.CredentialIface's, as are the next three.
func (k *Credentials) GetSecretId() string { return k.session().SecretId }

func (k *Credentials) GetSecretKey() string { return k.session().SecretKey }

func (k *Credentials) GetToken() string { return k.session().Token }

// GetCredential returns the three parts of one and the same session.
func (k *Credentials) GetCredential() (id, key, token string) {
	c := k.session()
	return c.SecretId, c.SecretKey, c.Token
}

// Hide removes every secret of the account, and those given, from a text.
func (k *Credentials) Hide(text string, more ...string) string {
	c := k.session()
	for _, secret := range append([]string{k.base.SecretKey, k.base.Token, c.SecretKey, c.Token}, more...) {
		if secret == "" {
			continue
		}
		text = strings.ReplaceAll(text, secret, "[hidden]")
		if escaped, err := json.Marshal(secret); err == nil {
			text = strings.ReplaceAll(text, strings.Trim(string(escaped), `"`), "[hidden]")
		}
	}
	return text
}

// assumeRole asks STS for a session of the account's role.
func (c *Client) assumeRole(ctx context.Context, a AccountConfig, k *Credentials) (session, error) {
	const product, version, action = "sts", "2018-08-13", "AssumeRole"
	fail := func(err error) (session, error) {
		return session{}, fmt.Errorf("%s of account %s: %w", action, a.Name, err)
	}
	base := &common.Credential{SecretId: a.SecretID, SecretKey: a.SecretKey, Token: a.Token}
	client := common.NewCommonClient(base, a.Regions[0], c.profile(a, product, a.Regions[0], callTimeout))
	client.WithHttpTransport(observer{next: c.transport, now: c.Now})
	q := tchttp.NewCommonRequest(product, version, action)
	q.SetContext(ctx)
	if err := q.SetActionParameters(map[string]any{
		"RoleArn": a.RoleARN, "RoleSessionName": "twokey", "DurationSeconds": int(roleSession / time.Second),
	}); err != nil {
		return fail(err)
	}
	resp := tchttp.NewCommonResponse()
	if err := client.Send(q, resp); err != nil {
		return fail(k.Redact(err))
	}
	var answer struct {
		Response struct {
			Credentials struct{ Token, TmpSecretId, TmpSecretKey string }
			ExpiredTime int64
		}
	}
	if err := json.Unmarshal(resp.GetBody(), &answer); err != nil {
		return fail(ErrNoAnswer)
	}
	got := answer.Response.Credentials
	if got.TmpSecretId == "" || got.TmpSecretKey == "" || got.Token == "" || answer.Response.ExpiredTime == 0 {
		return fail(ErrNoAnswer)
	}
	return session{
		Credential: common.Credential{SecretId: got.TmpSecretId, SecretKey: got.TmpSecretKey, Token: got.Token},
		until:      time.Unix(answer.Response.ExpiredTime, 0),
	}, nil
}
