//! A program at a terminal: what it shows there, and what somebody types.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::timeout;

/// Longer than anything takes here, however busy the machine is.
const LONG: Duration = Duration::from_secs(60);
/// As wide and as high as people's terminals are.
const SIZE: Winsize = Winsize { ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };

/// A program whose three streams are a terminal. It is killed when this value is dropped.
pub struct Terminal {
    keys: File,
    child: Child,
    shown: watch::Receiver<String>,
}

impl Terminal {
    /// Starts it in `folder`, with these variables and no others.
    pub fn start(binary: impl AsRef<Path>, arguments: &[&str], variables: &[(&str, &str)], folder: &Path) -> Self {
        let keys = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal can be made");
        grantpt(&keys).and_then(|()| unlockpt(&keys)).expect("a new terminal can be opened");
        let name = ptsname(&keys, Vec::new()).expect("a terminal has a name");
        let far = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("the terminal opens");
        tcsetwinsize(&far, SIZE).expect("a terminal has a size");
        // It is nobody's controlling terminal, and would swallow a Ctrl-C that is pressed before somebody asks for keys.
        let mut settings = tcgetattr(&far).expect("a terminal has settings");
        settings.local_modes -= LocalModes::ISIG;
        tcsetattr(&far, OptionalActions::Now, &settings).expect("a terminal has settings");
        let far = || far.try_clone().expect("a terminal can be shared");
        let mut command = Command::new(binary.as_ref());
        command.args(arguments).env_clear().envs(variables.iter().copied()).current_dir(folder).kill_on_drop(true);
        let child = command.stdin(far()).stdout(far()).stderr(far()).spawn().expect("the binary starts");
        let keys = File::from(keys);
        let (show, shown) = watch::channel(String::new());
        let screen = keys.try_clone().expect("a terminal can be shared");
        std::thread::spawn(move || follow(screen, &show));
        Self { keys, child, shown }
    }

    /// Waits until these words are on the screen; false if it ended without.
    pub async fn shows(&self, words: &str) -> bool {
        let mut shown = self.shown.clone();
        let waited = timeout(LONG, shown.wait_for(|shown| shown.contains(words))).await;
        waited.expect("the program shows it, or ends").is_ok()
    }

    /// Presses keys.
    pub fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("somebody listens");
    }

    /// Waits for the end, and says how it ended and all that was shown.
    pub async fn ended(mut self) -> (ExitStatus, String) {
        let ended = timeout(LONG, self.child.wait()).await.expect("the program ends");
        // What was written last is read by then, for the last reader of a closed terminal is told.
        while self.shown.changed().await.is_ok() {}
        let shown = self.shown.borrow().clone();
        (ended.expect("an ended program has a status"), shown)
    }
}

/// Reads until the program has closed its side.
fn follow(mut screen: File, show: &watch::Sender<String>) {
    let mut bytes = [0; 4096];
    while let Ok(read @ 1..) = screen.read(&mut bytes) {
        show.send_modify(|shown| shown.push_str(&String::from_utf8_lossy(&bytes[..read])));
    }
}
