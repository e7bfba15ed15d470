// Package guide takes guided runs forward: it makes the calls of their steps, looks what became of them, and shows where a run stands. All that it
// knows is stored, so that it goes on after a stop.
package guide
