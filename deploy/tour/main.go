// Command tour measures a checkout of this project and draws its arrows.
//
//	go run ./deploy/tour [directory]
//
// It reads Go files only, by syntax, and builds nothing: any commit can be
// measured, and two of them alike. make tour runs it on this checkout. What each
// column counts stands above the table.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	dir := "."
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	if err := run(os.Stdout, dir); err != nil {
		fmt.Fprintln(os.Stderr, "tour:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, dir string) error {
	m, err := measureModule(dir)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, drawReport(m))
	return err
}
