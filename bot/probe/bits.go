package probe

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"

	"golang.org/x/crypto/ssh"
)

// keyBits is the key's size as ssh-keygen prints it; 0 where it is of no type that
// is asked for.
func keyBits(k ssh.PublicKey) int {
	c, ok := k.(ssh.CryptoPublicKey)
	if !ok {
		return 0
	}
	switch pub := c.CryptoPublicKey().(type) {
	case ed25519.PublicKey:
		return 8 * len(pub)
	case *ecdsa.PublicKey:
		return pub.Params().BitSize
	case *rsa.PublicKey:
		return pub.N.BitLen()
	}
	return 0
}
