# Twokey. `make` alone lists what there is.

.DEFAULT_GOAL := help

GO   ?= go
TOOL  = $(GO) tool -modfile=deploy/tools.mod
FUZZ ?= 10s
CHAOS ?= 5m
TOUR ?= .

.PHONY: help practice short test needs chaos check format lint vet vulnerabilities race fuzz bench page picture \
	manifest cards tour glance same archives release

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

practice: ## the whole thing on this machine, with a page to play on
	$(GO) run ./bot/practice

# Many of these tests wait rather than work: more packages at once than there are cores.
short: ## the tests that need Go alone, with fewer rows of what takes long
	$(GO) test -short -p 6 -parallel 8 ./...

test: needs ## every test, after installing what they need
	$(GO) test -timeout 18m -parallel 12 ./...

# What the tests drive besides Go: a real Redis, a browser, a font that has the
# emoji on its pictures, and node with Slack's and Tencent Cloud's own clients,
# against which the doubles are held. promtool, nginx and systemd-analyze try what
# deploy has for them. What is there already is left alone.
define install
want() { packages="$${packages:-} $$1"; }
manager=none
for m in apt-get dnf apk brew; do
	if command -v $$m > /dev/null; then manager=$$m; break; fi
done
if ! command -v redis-server > /dev/null; then
	case $$manager in apt-get) want redis-server ;; dnf) want /usr/bin/redis-server ;; *) want redis ;; esac
fi
if ! command -v chromium > /dev/null; then want chromium; fi
if ! command -v promtool > /dev/null; then
	case $$manager in dnf) want golang-github-prometheus ;; *) want prometheus ;; esac
fi
if ! command -v nginx > /dev/null && [ ! -x /usr/sbin/nginx ]; then
	case $$manager in apt-get) want nginx-light ;; *) want nginx ;; esac
fi
if [ "$$(uname)" = Linux ] && ! command -v systemd-analyze > /dev/null; then want systemd; fi
if [ "$$(uname)" != Darwin ] && [ -z "$$(find /usr/share/fonts /usr/local/share/fonts -iname '*emoji*' 2> /dev/null)" ]; then
	case $$manager in
	apt-get) want fonts-noto-color-emoji ;;
	dnf) want google-noto-color-emoji-fonts ;;
	*) want font-noto-emoji ;;
	esac
fi
if ! command -v node > /dev/null; then
	case $$manager in brew) want node ;; *) want nodejs ;; esac
fi
if ! command -v npm > /dev/null && [ $$manager != brew ]; then # brew's node has it
	case $$manager in dnf) want /usr/bin/npm ;; *) want npm ;; esac
fi
clients() {
	client "Slack's" bot/fakeslack/conform
	client "Tencent Cloud's" cloud/fakecvm/conform
}
client() {
	if [ -n "$$(find $$2/node_modules/.package-lock.json -newer $$2/package-lock.json 2> /dev/null)" ]; then return; fi
	echo "Installing $$1 own clients with npm ci, in $$2 .."
	(cd $$2 && npm ci --ignore-scripts --no-progress)
	touch $$2/node_modules/.package-lock.json
}
if [ -z "$${packages:-}" ]; then clients; exit 0; fi
echo "The tests need what is not here yet:$$packages"
if [ $$manager = none ]; then
	echo "Make knows no package manager here: install that by hand." >&2
	exit 1
fi
sudo=
if [ "$$(id -u)" != 0 ] && [ $$manager != brew ]; then sudo=sudo; fi
echo "Installing with $${sudo:+$$sudo }$$manager .."
case $$manager in
apt-get)
	$$sudo apt-get update -q
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$packages ;;
dnf) $$sudo dnf install -q -y $$packages ;;
apk) $$sudo apk add $$packages ;;
brew) brew install $$packages ;;
esac
clients
endef
export install

needs: ## install what the tests drive if it is missing: Redis, Chromium, an emoji font, node, promtool, nginx, systemd, two clients
	@sh -eu -c "$$install"

# This also runs what takes too long for every test run: every kill of the sweep,
# real fail-overs, signatures that run out, an hour without Slack.
chaos: needs ## CHAOS=5m of accidents, fail-overs, every kill; writes deploy/chaos.md
	@dir=$$(mktemp -d) && begun=$$(date -u '+%Y-%m-%d %H:%M') && \
	git describe --always --dirty=' with changes' > $$dir/commit && \
	$(GO) test -tags chaos -v -count=1 -timeout 90m -parallel 28 \
		-run 'Chaos|Canary|RollingRestart|FailOver|AKillAtAnyPoint|Frozen|TooLate|ForAnHour|Backlog|MixedFaults|HoursOfSocket' \
		./bot/practice -chaos $(CHAOS) -sweep -rapid.checks=300 -hours 240 -proofs $$dir && \
	deploy/chaos.sh $$dir "$$begun" "make chaos CHAOS=$(CHAOS)" > deploy/chaos.md && rm -r $$dir

check: format lint vet race fuzz ## formatting, linters, vet, the race detector, short fuzzing

format: ## fail if gofumpt would change a file
	@found=$$($(TOOL) gofumpt -l bot cloud commands deploy) && \
	if [ -n "$$found" ]; then echo "gofumpt would change:"; echo "$$found"; exit 1; fi

lint: ## the linters of .golangci.yaml; the first time compiles them, for some minutes
	$(TOOL) golangci-lint run ./...

vet:
	$(GO) vet ./...

vulnerabilities: ## known holes in what Twokey calls
	$(TOOL) govulncheck ./...

race: needs
	$(GO) test -race -timeout 30m -parallel 8 ./...

fuzz: ## each fuzz test, for FUZZ=10s, and 10000 bytes of live proposals changed in Redis
	@grep -rHo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' bot cloud commands | while IFS=: read -r file line; do \
		echo "$$file $${line#func } $(FUZZ)"; \
		$(GO) test -run '^$$' -fuzz "^$${line#func }\$$" -fuzztime $(FUZZ) "./$$(dirname "$$file")" || exit 1; \
	done
	$(GO) test -count=1 -run TestAnyByteOfALiveProposal ./commands/engine -spoils 10000

bench: needs ## a transition on a real Redis, and acks: at the door, and 64 at once of the whole bot
	$(GO) test -run '^$$' -bench . -benchmem ./bot/store ./bot/chat ./bot/practice

page: ## rebuild the practice page; needs npm
	cd bot/fakeslack/page && npm ci && npm run build

picture: needs ## a waiting card on a phone beside its thread, for the README
	@dir=$$(mktemp -d) && TWOKEY_PICTURES=$$dir $(GO) test -count=1 -run TestTheREADMEShowsAWaitingCard ./bot/practice && cp $$dir/waiting.png deploy/practice.png && rm -r $$dir

manifest: ## write the manifest for Socket Mode from the one for HTTP
	@deploy/socket-manifest.sh < deploy/slack-manifest.yaml > deploy/slack-manifest-socket.yaml.new && \
	mv deploy/slack-manifest-socket.yaml.new deploy/slack-manifest-socket.yaml

cards: needs ## what each state of the card shows: deploy/cards/cards.txt, and all pictures in deploy/pictures
	$(GO) test -tags cards -count=1 -run TestTheCardsHaveTheirPictures ./deploy

tour: ## the house in figures and arrows; TOUR=DIR for another checkout
	@$(GO) run ./deploy/tour $(TOUR)

glance: needs ## how much there is to read: pixels, lines, words of each card, help, the main story
	@dir=$$(mktemp -d) && TWOKEY_GLANCE=$$dir/report $(GO) test -tags glance -count=1 -run TestEveryCardIsMeasuredOnAPhone ./deploy && cat $$dir/report && rm -r $$dir

# Compiles everything again, with the flags of a release: too long for make test.
same: ## build the binary in two places, and compare each byte
	$(GO) test -tags reproducible -count=1 -timeout 40m -run TestTheBinaryIsTheSame ./deploy

# By its version, and so by its checksum in Go's database. It is no line of tools.mod:
# it would bring 500 modules.
GORELEASER = $(GO) run github.com/goreleaser/goreleaser/v2@v2.17.0

archives: ## the archives of a release with checksums, in dist, without publishing
	$(GORELEASER) check
	$(GORELEASER) release --snapshot --clean

release: ## publish the archives of the tag that is checked out; the workflow runs this
	$(GORELEASER) release --clean
