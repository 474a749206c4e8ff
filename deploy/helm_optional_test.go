package deploy_test

import (
	"fmt"
	"slices"
	"testing"
)

// peersFrom are pods of one name space.
func peersFrom(namespace string) []any {
	return []any{object{"namespaceSelector": object{"matchLabels": object{"kubernetes.io/metadata.name": namespace}}}}
}

// rulesFor finds the rules of a direction that have a port, and returns how many there are.
func rulesFor(policy any, direction string, port any) (found []any) {
	rules, _ := dig(policy, "spec", direction).([]any)
	for _, r := range rules {
		ports, _ := dig(r, "ports").([]any)
		if slices.ContainsFunc(ports, func(p any) bool { return fmt.Sprint(dig(p, "port")) == fmt.Sprint(port) }) {
			found = append(found, r)
		}
	}
	return found
}

func TestTheChartsNetworkPolicyLetsInWhomItNamesAndNobodyElse(t *testing.T) {
	out := renderChart(t, func(v object) {
		p := v["networkPolicy"].(object)
		p["enabled"] = true
		p["slackFrom"], p["adminFrom"] = peersFrom("ingress-nginx"), peersFrom("monitoring")
		p["redisPorts"], p["redisTo"] = []any{6379, 26379}, peersFrom("redis")
		p["extraEgress"] = []any{object{"ports": []any{object{"port": 601, "protocol": "TCP"}}}}
	})
	policy := out["NetworkPolicy"]
	if got, want := fmt.Sprint(dig(policy, "spec", "podSelector", "matchLabels")),
		fmt.Sprint(dig(out["Deployment"], "spec", "template", "metadata", "labels")); got != want {
		t.Errorf("it selects %s, and the pods are %s", got, want)
	}
	if types := fmt.Sprint(dig(policy, "spec", "policyTypes")); types != "[Ingress Egress]" {
		t.Errorf("it is for %s", types)
	}
	bot := dig(out["Deployment"], "spec", "template", "spec", "containers", 0)
	for i, c := range []struct{ port, namespace string }{{"slack", "ingress-nginx"}, {"admin", "monitoring"}} {
		if dig(bot, "ports", i, "name") != c.port {
			t.Fatalf("the pod has no port %s", c.port)
		}
		rules := rulesFor(policy, "ingress", c.port)
		if len(rules) != 1 || fmt.Sprint(dig(rules[0], "from")) != fmt.Sprint(peersFrom(c.namespace)) {
			t.Errorf("%s is reached by %v", c.port, rules)
		}
	}
	for _, port := range []int{53, 443, 6379, 26379, 601} {
		if n := len(rulesFor(policy, "egress", port)); n != 1 {
			t.Errorf("%d rules for port %d", n, port)
		}
	}
	if to := dig(rulesFor(policy, "egress", 6379)[0], "to"); fmt.Sprint(to) != fmt.Sprint(peersFrom("redis")) {
		t.Errorf("Redis is %v", to)
	}
	except := dig(rulesFor(policy, "egress", 443)[0], "to", 0, "ipBlock", "except", 0)
	if except != "169.254.0.0/16" {
		t.Errorf("the node's metadata is reached: %v", except)
	}
}

// An empty list is nobody. In Kubernetes an empty from would be everybody.
func TestTheChartsNetworkPolicyOfNobodyLetsNobodyIn(t *testing.T) {
	policy := renderChart(t, func(v object) { v["networkPolicy"].(object)["enabled"] = true })["NetworkPolicy"]
	if ingress, ok := dig(policy, "spec", "ingress").([]any); !ok || len(ingress) != 0 {
		t.Errorf("it lets in %v", dig(policy, "spec", "ingress"))
	}
	for _, one := range []string{"slackFrom", "adminFrom"} {
		policy := renderChart(t, func(v object) {
			p := v["networkPolicy"].(object)
			p["enabled"], p[one] = true, peersFrom("x")
		})["NetworkPolicy"]
		if rules, _ := dig(policy, "spec", "ingress").([]any); len(rules) != 1 || dig(rules[0], "from", 0) == nil {
			t.Errorf("%s alone: %v", one, rules)
		}
	}
}

func TestTheChartsServiceMonitorFindsTheAdminPort(t *testing.T) {
	out := renderChart(t, func(v object) {
		m := v["serviceMonitor"].(object)
		m["enabled"], m["labels"] = true, object{"release": "prometheus"}
	})
	m, service := out["ServiceMonitor"], out["Service"]
	if got, want := fmt.Sprint(dig(m, "spec", "selector", "matchLabels")),
		fmt.Sprint(dig(service, "metadata", "labels")); got != want {
		t.Errorf("it selects %s, and the service is %s", got, want)
	}
	if l := dig(m, "metadata", "labels", "release"); l != "prometheus" {
		t.Errorf("its label is %v", l)
	}
	_, admin := defaultPorts(t)
	for at, want := range map[string]struct{ got, want any }{
		"port":         {dig(m, "spec", "endpoints", 0, "port"), dig(service, "spec", "ports", 1, "name")},
		"path":         {dig(m, "spec", "endpoints", 0, "path"), "/metrics"},
		"service":      {dig(service, "spec", "ports", 1, "port"), admin},
		"pod":          {dig(service, "spec", "ports", 1, "targetPort"), "admin"},
		"slack's port": {dig(service, "spec", "ports", 0, "name"), "slack"},
	} {
		if fmt.Sprint(want.got) != fmt.Sprint(want.want) {
			t.Errorf("%s: %v, want %v", at, want.got, want.want)
		}
	}
	if ports, _ := dig(renderChart(t, func(object) {})["Service"], "spec", "ports").([]any); len(ports) != 1 {
		t.Errorf("without it the service has %v", ports)
	}
}
