package fakecvm

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"twokey/cloud/fakecvm/apierr"
	"twokey/cloud/fakecvm/tc3"
)

const maxClockSkew = 5 * time.Minute

// authenticate judges one request over its raw body (cloud/doc.go 8.1, 8.2 and
// 8.10). It returns the service that the caller signed for.
func (c *Cloud) authenticate(r *http.Request, body []byte) (service string, e *apierr.Error) {
	if r.Header.Get("Authorization") == "" {
		return "", apierr.Errorf("AuthFailure.InvalidAuthorization", "The request has no `Authorization` header.")
	}
	auth, ok := tc3.Parse(r.Header.Get("Authorization"))
	if !ok {
		return "", apierr.Errorf("AuthFailure.InvalidAuthorization",
			"The `Authorization` header is not a "+tc3.Algorithm+" one.")
	}
	if !slices.Contains(auth.SignedHeaders, "host") || !slices.Contains(auth.SignedHeaders, "content-type") {
		return "", apierr.Errorf("AuthFailure.InvalidAuthorization", "`content-type` and `host` have to be signed.")
	}
	if e := c.checkTimestamp(r.Header.Get("X-TC-Timestamp"), auth.Date); e != nil {
		return "", e
	}
	if auth.ID != c.cfg.SecretID || c.account.Switches.On("secret_revoked", "") {
		return "", apierr.Errorf("AuthFailure.SecretIdNotFound",
			"The SecretId is not found, please ensure that your SecretId is correct.")
	}
	if !tc3.Matches(r, body, auth, c.cfg.SecretKey) {
		return "", apierr.Errorf("AuthFailure.SignatureFailure",
			"The provided credentials could not be validated. Please check your signature is correct.")
	}
	if r.Header.Get("X-TC-Token") != c.cfg.Token {
		return "", apierr.Errorf("AuthFailure.TokenFailure", "The token is not the one of these credentials.")
	}
	return auth.Service, nil
}

// RotateKey makes another access key the account's. From now on it refuses the key
// before. Events of earlier calls keep the key that signed them.
func (c *Cloud) RotateKey(id, key string) {
	c.update(func() { c.cfg.SecretID, c.cfg.SecretKey = id, key })
}

func (c *Cloud) checkTimestamp(stamp, date string) *apierr.Error {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return apierr.Errorf("MissingParameter", "The request is missing a valid `X-TC-Timestamp`.")
	}
	signed := time.Unix(seconds, 0).UTC()
	if off := c.account.Clock.Wall().Sub(signed).Abs(); off > maxClockSkew {
		return apierr.Errorf("AuthFailure.SignatureExpire",
			"Signature expired: the request is %s off the server's clock, more than five minutes.",
			off.Round(time.Second))
	}
	if signed.Format(time.DateOnly) != date {
		return apierr.Errorf("AuthFailure.SignatureFailure", "The credential's date %q is not the timestamp's.", date)
	}
	return nil
}
