//! How much memory the application holds, as Linux tells it. Elsewhere nothing is known.

use std::fs;

/// Resets the process's high-water mark and gives what it holds now, in bytes.
pub(crate) fn begin(process: u32) -> Option<u64> {
    // Where this is refused, the mark is that of the whole run, which is only stricter.
    let _ = fs::write(format!("/proc/{process}/clear_refs"), "5");
    of_status(process, "VmRSS:")
}

/// The most that the process has held since [`begin`], in bytes.
pub(crate) fn peak(process: u32) -> Option<u64> {
    of_status(process, "VmHWM:")
}

fn of_status(process: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    kibibytes(&status, name).map(|kib| kib * 1_024)
}

fn kibibytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read() {
        let status = "Name:\tstorefront\nVmHWM:\t   1234 kB\nVmRSS:\t    800 kB\n";
        assert_eq!(kibibytes(status, "VmHWM:"), Some(1_234));
        assert_eq!(kibibytes(status, "VmSwap:"), None);
    }
}
