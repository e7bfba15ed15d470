// Package surfaces is where opsbot meets people in Slack besides messages: the Home tab, forms (modals) and canvases.
package surfaces
