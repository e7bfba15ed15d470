package configured

import "opsbot/configs"

func AlertmanagerURLs(c configs.Alertmanager) []string {
	urls := []string{c.URL.Reveal()}
	for _, peer := range c.Peers {
		urls = append(urls, peer.Reveal())
	}
	return urls
}
