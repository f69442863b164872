//! The start view.

sentences! {
    tagline: "Pick the better reply. Keep every decision." | "挑出更好的回复，每个决定都留住。";
    recent: "Recent" | "最近";
    no_recent: "Sessions that you open are listed here." | "打开过的会话会列在这里。";
    sample_note: "The sample needs no server: replies come from a built-in sample server, not from a model." | "示例不需要服务器：回复来自内置的示例服务器，不是模型。";
    resume_at(number: u64): "Resume at group {number}" | "从第 {number} 组继续";
    resume_plain: "Resume" | "继续";
    labeled_of(labeled: u64, total: u64): "{labeled} of {total} labeled" | "已标 {labeled} / {total}";
    some_of(labeled: u64, total: u64): "{labeled} of {total}" | "{labeled} / {total}";
    last_saved(time: &str): "Last saved {time}." | "上次保存：{time}。";
    still_generating(missing: u64): "{missing} replies to go" | "还差 {missing} 条回复";
    all_done: "All done" | "全部标完";
    moved: "File moved or deleted" | "文件被移动或删除";
    locate: "Locate…" | "定位…";
    drop_hint: "Drop a file anywhere to import it" | "把文件拖进窗口即可导入";
    who: "Who labels?" | "谁来标注？";
    who_note: "Kept with every label, on this machine and in exports of sessions." | "每个标注都会记下这个名字。";
    untitled: "New session" | "新会话";
    default_prompt: "Hello, please introduce yourself." | "你好，请介绍一下你自己。";
}
