package pluginrpc

// The readers below are for generated code: a reader of containers made of one of items.

// ListAt reads a list of a map, item by item.
func ListAt[T any](from Map, key string, item func(List, int) (T, error)) ([]T, error) {
	list, err := from.List(key)
	if err != nil {
		return nil, err
	}
	return itemsOf(list, item)
}

// ListIn reads a list of a list, item by item.
func ListIn[T any](from List, index int, item func(List, int) (T, error)) ([]T, error) {
	list, err := from.List(index)
	if err != nil {
		return nil, err
	}
	return itemsOf(list, item)
}

func itemsOf[T any](list List, item func(List, int) (T, error)) ([]T, error) {
	items := make([]T, list.Len())
	for i := range items {
		var err error
		if items[i], err = item(list, i); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// MapAt reads a map of a map, value by value.
func MapAt[T any](from Map, key string, value func(Map, string) (T, error)) (map[string]T, error) {
	fields, err := from.Map(key)
	if err != nil {
		return nil, err
	}
	return valuesOf(fields, value)
}

// MapIn reads a map of a list, value by value.
func MapIn[T any](from List, index int, value func(Map, string) (T, error)) (map[string]T, error) {
	fields, err := from.Map(index)
	if err != nil {
		return nil, err
	}
	return valuesOf(fields, value)
}

func valuesOf[T any](fields Map, value func(Map, string) (T, error)) (map[string]T, error) {
	values := make(map[string]T, len(fields.fields))
	for _, key := range fields.Keys() {
		var err error
		if values[key], err = value(fields, key); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// EnumAt reads one of the allowed strings of a map.
func EnumAt[T ~string](from Map, key string, allowed ...T) (T, error) {
	value, err := from.Enum(key, stringsOf(allowed)...)
	return T(value), err
}

// EnumIn reads one of the allowed strings of a list.
func EnumIn[T ~string](from List, index int, allowed ...T) (T, error) {
	value, err := from.Enum(index, stringsOf(allowed)...)
	return T(value), err
}

func stringsOf[T ~string](values []T) []string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	return texts
}
