//! A list that stands on the stack while it is short, as nearly all lists of one response are.

/// At most `N` members in place; with one more, all of them are moved to the heap.
#[derive(Clone)]
pub struct Short<T, const N: usize> {
    here: [T; N],
    len: usize,
    moved: Vec<T>,
}

impl<T: Copy + Default, const N: usize> Default for Short<T, N> {
    fn default() -> Self {
        Self { here: [T::default(); N], len: 0, moved: Vec::new() }
    }
}

impl<T: Copy + Default, const N: usize> Short<T, N> {
    pub fn push(&mut self, member: T) {
        if let Some(place) = self.here.get_mut(self.len) {
            *place = member;
        } else {
            if self.len == N {
                self.moved.extend(self.here);
            }
            self.moved.push(member);
        }
        self.len += 1;
    }
}

impl<T: Copy + Default, const N: usize> FromIterator<T> for Short<T, N> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        let mut list = Self::default();
        members.into_iter().for_each(|member| list.push(member));
        list
    }
}

impl<'s, T, const N: usize> IntoIterator for &'s Short<T, N> {
    type Item = &'s T;
    type IntoIter = std::slice::Iter<'s, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: std::fmt::Debug, const N: usize> std::fmt::Debug for Short<T, N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

impl<T, const N: usize> std::ops::Deref for Short<T, N> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.here.get(..self.len).unwrap_or(&self.moved)
    }
}

impl<T, const N: usize> std::ops::DerefMut for Short<T, N> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.here.get_mut(..self.len).unwrap_or(&mut self.moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_where_the_list_moves() {
        let mut list: Short<u32, 3> = Short::default();
        for count in 0..9 {
            assert_eq!(*list, (0..count).collect::<Vec<_>>());
            list.push(count);
            list.swap(0, count as usize);
            list.swap(0, count as usize);
        }
    }
}
