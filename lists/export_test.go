package lists

// AgendaLen returns how many dates a book keeps to sweep by.
func AgendaLen(b *Book) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.agenda.heap)
}
