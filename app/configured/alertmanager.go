package configured

import "opsbot/configs"

// AlertmanagerURLs are those of all Alertmanagers of the cluster.
func AlertmanagerURLs(c configs.Alertmanager) []string {
	urls := []string{c.URL.Reveal()}
	for _, peer := range c.Peers {
		urls = append(urls, peer.Reveal())
	}
	return urls
}
