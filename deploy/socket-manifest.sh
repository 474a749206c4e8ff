#!/bin/sh
# The manifest for Socket Mode, made from the one for HTTP: without its head and
# the lines that only HTTP has.
set -eu
cat << 'END'
# Twokey's Slack app, for Socket Mode: Slack cannot reach the bot. At
# api.slack.com/apps choose "Create New App", "From a manifest", and paste this
# as it is.
#
# After: install the app, set SLACK_BOT_TOKEN (OAuth & Permissions) and
# SLACK_APP_TOKEN, an app-level token with the scope connections:write (Basic
# Information, App-Level Tokens), and invite the bot to its channels. Then
# `bot check` reports what is missing. Slack takes at most ten connections of an
# app, and each replica has two: run at most five.
#
# `make manifest` writes this file from slack-manifest.yaml.
END
sed -n '/^display_information:/,$p' |
	sed -e '/ # HTTP$/d' -e 's/socket_mode_enabled: false/socket_mode_enabled: true/'
