package grammar

import "unicode"

// words cuts a straightened line at its spaces, but not at those between quotation
// marks, which it takes off. closed is false if a quotation mark is not closed.
//
// A backslash is a character as any other: people type C:\Temp. Before a double
// mark it makes a character of the mark, if all other marks have partners then.
func words(line string) (out []string, closed bool) {
	if out, closed = cut(line, true); closed {
		return out, true
	}
	return cut(line, false)
}

// cut is words. escapes says whether a backslash makes a character of a double mark.
func cut(line string, escapes bool) (out []string, closed bool) {
	const none = -1
	var (
		text    = []rune(line)
		word    []rune
		begun   bool         // there is a word, if only an empty one in marks
		opening = rune(none) // the mark that is open
	)
	for i := 0; i < len(text); i++ {
		r := text[i]
		mark := r == '"' || r == '\'' && !apostrophe(text, i)
		switch {
		case escapes && opening != '\'' && r == '\\' && i+1 < len(text) && text[i+1] == '"':
			i++
			word, begun = append(word, '"'), true
		case mark && opening == none:
			opening, begun = r, true
		case mark && opening == r:
			opening = none
		case r == ' ' && opening == none:
			if begun {
				out = append(out, string(word))
			}
			word, begun = word[:0], false
		default:
			word, begun = append(word, r), true
		}
	}
	if begun {
		out = append(out, string(word))
	}
	return out, opening == none
}

// apostrophe reports whether the mark at i stands inside a word, as in it's.
func apostrophe(text []rune, i int) bool {
	return i > 0 && i+1 < len(text) && unicode.IsLetter(text[i-1]) && unicode.IsLetter(text[i+1])
}
