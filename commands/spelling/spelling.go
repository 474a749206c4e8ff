// Package spelling measures how far two words are from each other, to suggest what
// was meant.
package spelling

// Distance is Levenshtein's: the least number of characters to insert, leave out or
// replace that makes one word of the other.
func Distance(a, b string) int {
	to := []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range []rune(a) {
		last := row[0]
		row[0] = i + 1
		for j := range to {
			replaced := last
			if r != to[j] {
				replaced++
			}
			last = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
