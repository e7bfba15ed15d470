package main

import "opsbot/configs"

func alertmanagerURLs(c configs.Alertmanager) []string {
	urls := []string{c.URL.Reveal()}
	for _, peer := range c.Peers {
		urls = append(urls, peer.Reveal())
	}
	return urls
}
