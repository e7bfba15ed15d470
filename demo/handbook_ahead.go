package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/messages"
	"opsbot/slacksim"
	"opsbot/testcluster"
)

// measures asks Prometheus itself for one number.
func (d *demo) measures(ctx context.Context, expression string) (float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.prometheus.URL+"/api/v1/query?query="+url.QueryEscape(expression), nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	var answer struct {
		Data struct {
			Result []struct {
				Value [2]any `json:"value"`
			} `json:"result"`
		} `json:"data"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return 0, fmt.Errorf("answer of Prometheus: %w", err)
	}
	if len(answer.Data.Result) != 1 {
		return 0, fmt.Errorf("Prometheus has %d series of %s", len(answer.Data.Result), expression)
	}
	return strconv.ParseFloat(fmt.Sprint(answer.Data.Result[0].Value[1]), 64)
}

// rowAdvice compares the advice with what Prometheus and the API server say themselves.
func (t *tour) rowAdvice(ctx context.Context) (messages.Text, error) {
	answer, err := t.asks(ctx, "system", "/scale advice payment", "")
	if err != nil {
		return messages.Text{}, err
	}
	p95, err := t.measures(ctx, fmt.Sprintf(`histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{service=%q}[5m])))`, slowService))
	if err != nil {
		return messages.Text{}, err
	}
	if took := time.Duration(p95 * float64(time.Second)); (took - slowP95).Abs() > 20*time.Millisecond {
		return messages.Text{}, fmt.Errorf("Prometheus has a p95 of %s, want %s", took, slowP95)
	}
	d, err := t.cluster.Client().AppsV1().Deployments(testcluster.PlatformNamespace).Get(ctx, slowService, metav1.GetOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	line := fmt.Sprintf("scale %s %d", slowService, *d.Spec.Replicas+1)
	if !hasButtonValue(answer, line) {
		return messages.Text{}, fmt.Errorf("the answer has no button for %q:\n%s", line, answer.Text())
	}
	if !regexp.MustCompile(`7[3-7]\dms`).MatchString(answer.Text()) {
		return messages.Text{}, fmt.Errorf("the answer does not say the p95:\n%s", answer.Text())
	}
	return messages.New("handbook.fact.advice", "p95", time.Duration(p95*float64(time.Second)).Round(time.Millisecond), "command", messages.Code("/"+line)), nil
}

// rowCapacity compares the dates for the database's claim with the day on which the claim's growth fills what the API server says it has.
func (t *tour) rowCapacity(ctx context.Context) (messages.Text, error) {
	answer, err := t.asks(ctx, "system", "/capacity", "")
	if err != nil {
		return messages.Text{}, err
	}
	claim, err := t.cluster.Client().CoreV1().PersistentVolumeClaims(testcluster.PlatformNamespace).Get(ctx, "postgres-data", metav1.GetOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	used, err := t.measures(ctx, `kubelet_volume_stats_used_bytes{persistentvolumeclaim="postgres-data"}`)
	if err != nil {
		return messages.Text{}, err
	}
	growth, err := t.measures(ctx, `increase(kubelet_volume_stats_used_bytes{persistentvolumeclaim="postgres-data"}[7d]) / 7`)
	if err != nil {
		return messages.Text{}, err
	}
	left := (claim.Status.Capacity.Storage().AsApproximateFloat64() - used) / growth
	full := time.Now().Add(time.Duration(left * 24 * float64(time.Hour)))
	dates := regexp.MustCompile(`postgres-data.*?(\d{4}-\d\d-\d\d) – (\d{4}-\d\d-\d\d)`).FindStringSubmatch(answer.Text())
	if len(dates) != 3 {
		return messages.Text{}, fmt.Errorf("the answer has no dates for postgres-data:\n%s", answer.Text())
	}
	earliest, latest := dates[1], dates[2]
	if day := 24 * time.Hour; full.Add(day).UTC().Format(time.DateOnly) < earliest || full.Add(-2*day).UTC().Format(time.DateOnly) > latest {
		return messages.Text{}, fmt.Errorf("postgres-data is full on %s, not from %s to %s", full.Format(time.DateOnly), earliest, latest)
	}
	if err := t.plotted(ctx, answer); err != nil {
		return messages.Text{}, err
	}
	return messages.New("handbook.fact.capacity", "days", fmt.Sprintf("%.1f", left), "earliest", earliest, "latest", latest), nil
}

// plotted waits for the picture in the answer's thread.
func (t *tour) plotted(ctx context.Context, answer slacksim.Message) error {
	_, err := t.slack.WaitMessage(ctx, slacksim.InThread(answer.TS), slacksim.Where(func(m slacksim.Message) bool {
		return len(m.Files) > 0
	}))
	if err != nil {
		return fmt.Errorf("no plot: %w", err)
	}
	return nil
}
