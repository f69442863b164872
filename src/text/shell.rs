//! The frame around the views: top bar, tabs, status line, popups.

sentences! {
    tab_generate: "Generate" | "生成";
    tab_label: "Label" | "标注";
    tab_score: "Score" | "评分";
    tab_data: "Data" | "数据";
    saved_at(time: &str): "Saved {time}" | "已保存 {time}";
    undo_step(step: &str): "Undo: {step}" | "撤销：{step}";
    no_jobs: "Nothing is running" | "没有正在进行的任务";
    status_generating(have: u64, wanted: u64): "Generating {have}/{wanted}" | "生成 {have} / {wanted}";
    status_rate(rate: &str): "{rate}/s" | "每秒 {rate} 条";
    status_left(left: &str): "{left} left" | "还需 {left}";
    status_paused(have: u64, wanted: u64): "Paused at {have}/{wanted}" | "已暂停，{have} / {wanted}";
    status_complete(have: u64): "All {have} replies are here" | "{have} 条回复已全部生成";
    status_away(seconds: u64): "The server does not answer, next try in {seconds} s" | "服务器没有响应，{seconds} 秒后再试";
    status_file(path: &str): "Writing or reading {path}" | "正在读写 {path}";
    status_follow_fault(path: &str): "{path} is not current; it is tried again with the next change" | "{path} 没有更新，下次改动时再试";
    opening: "Opening…" | "正在打开…";
    dismiss: "Dismiss" | "知道了";
    close: "Close" | "关闭";
    cancel: "Cancel" | "取消";
    damaged_behind: "The check found damage in this file; export an archive now and run `pairloom check`" | "检查发现文件有损坏：请马上导出存档，再运行 `pairloom check`";
    set_annotator: "Your name" | "你的名字";
    set_annotator_hint: "Every label carries it" | "每个标注都会带上它";
    set_language: "Language" | "语言";
    set_theme: "Theme" | "主题";
    theme_system: "System" | "跟随系统";
    theme_light: "Light" | "浅色";
    theme_dark: "Dark" | "深色";
    set_reading: "Reading size" | "阅读字号";
    set_looks: "Appearance" | "外观与语言";
    set_labeling: "Labeling" | "标注";
    set_keys: "Keys" | "快捷键";
    set_data: "Data" | "数据";
    set_width: "Reading width" | "阅读栏宽";
    set_preview: "Preview" | "预览";
    set_preview_words: "不用连夜去急诊，但这周内看一次儿科。The cough has lasted two weeks, SpO2 ≥ 95% is fine." | "不用连夜去急诊，但这周内看一次儿科。The cough has lasted two weeks, SpO2 ≥ 95% is fine.";
    set_digit: "A digit confirms at once" | "按数字直接确认";
    set_pace: "Show time for each group and time left" | "显示每组用时和预计剩余";
    set_layout: "Layout" | "布局";
    layout_auto: "Auto" | "自动";
    layout_one_short: "One" | "单条";
    set_folder: "Sessions are kept in" | "会话保存在";
    set_folder_settings: "Settings are kept in" | "设置保存在";
    set_folder_note: "Backups stand beside each session in the folder “backups”. PAIRLOOM_HOME puts everything into one folder." | "备份在每个会话旁边的“backups”文件夹里。设置环境变量 PAIRLOOM_HOME 可以把一切放进同一个文件夹。";
    language_english: "English" | "English";
    language_chinese: "中文" | "中文";
    path_title_open: "Open a session or a file" | "打开会话或文件";
    path_title_copy: "Save a copy as" | "副本另存为";
    path_hint: "Path of a file" | "文件路径";
    path_choose: "Choose…" | "选择…";
    path_drop: "No file dialog on this system? Type or paste the path, or drop the file on the window." | "没有文件对话框？输入或粘贴路径，或把文件拖进窗口。";
    ok: "OK" | "确定";
}

impl super::Text {
    /// There is no display to open a window on.
    pub fn start_no_display(self) -> String {
        self.pick(
            "There is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set). Without a window Pairloom works with: pairloom new, generate, import, export, check, sample-server (see pairloom --help).",
            "没有可以打开窗口的显示器（DISPLAY 和 WAYLAND_DISPLAY 都没有设置）。不用窗口也可以工作：pairloom new、generate、import、export、check、sample-server（见 pairloom --help）。",
        )
        .to_owned()
    }

    /// The window cannot be opened; `packages` may be missing.
    pub fn start_no_window(self, packages: &str) -> String {
        self.pick(
            format!("The window cannot be opened. On Debian or Ubuntu install what may be missing:\n  apt-get install -y {packages}\nWithout a window Pairloom works with: pairloom new, generate, import, export, check, sample-server."),
            format!("无法打开窗口。在 Debian 或 Ubuntu 上安装可能缺少的库：\n  apt-get install -y {packages}\n不用窗口也可以工作：pairloom new、generate、import、export、check、sample-server。"),
        )
    }
}
