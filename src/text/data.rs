//! The data view.

sentences! {
    import_title: "Import" | "导入";
    import_note: "Prompts (text, CSV, JSON), seed 000 replies, preference pairs (ms-swift, TRL, CValues, seed 000 and 004), an annotation_session.json, or a session archive. The format is found from the content." | "提示（文本、CSV、JSON）、seed 000 回复、偏好对（ms-swift、TRL、CValues、seed 000 和 004）、annotation_session.json 或会话存档。格式由内容判断。";
    file: "File" | "文件";
    look: "Look" | "预览";
    reading: "Reading…" | "正在读取…";
    found_format(format: &str): "Found: {format}" | "识别为：{format}";
    other_format: "Read as" | "按此格式读取";
    preview_counts(groups: u64, replies: u64, verdicts: u64): "{groups} groups, {replies} replies, {verdicts} decisions" | "{groups} 组，{replies} 条回复，{verdicts} 个决定";
    preview_part: "the head of a longer file" | "只读了文件开头";
    column_line: "Line" | "行";
    column_prompt: "Prompt" | "提示";
    column_replies: "Replies" | "回复";
    column_first: "First reply" | "第一条回复";
    import_go(groups: u64): "Import {groups} groups" | "导入 {groups} 组";
    import_all: "Import" | "导入";
    import_undo: "Nothing is written until you import; one Undo takes it all back" | "导入前不会写入任何内容；导入后一次撤销即可全部退回";
    importing(file: &str, groups: u64): "Importing {file}: {groups} groups so far" | "正在导入 {file}：已读 {groups} 组";
    import_leaving(file: &str): "Taking {file} out again" | "正在移出 {file} 的内容";
    import_cancel: "Cancel the import" | "取消导入";
    export_title: "Export preference pairs" | "导出偏好数据";
    pairing: "Which pairs" | "怎样配对";
    pairs_all: "Every better × every worse" | "选中的 × 没选的";
    pairs_best_worst: "Best × worst tier" | "最好 × 最差";
    pairs_adjacent: "Adjacent tiers" | "相邻名次";
    format: "Format" | "格式";
    format_ms_swift: "ms-swift DPO: messages + rejected_response" | "ms-swift DPO：messages + rejected_response";
    format_trl: "TRL: chosen + rejected dialogues" | "TRL：chosen + rejected 两段对话";
    format_trl_explicit: "TRL: prompt + chosen + rejected" | "TRL：prompt + chosen + rejected";
    format_cvalues: "CValues: prompt + pos_resp + neg_resp" | "CValues：prompt + pos_resp + neg_resp";
    format_seed000: "Seed 000: query + chosen_response, a JSON list" | "seed 000：query + chosen_response，JSON 列表";
    format_seed000_triplets: "Seed 000 triplets, a JSON list" | "seed 000 三元组，JSON 列表";
    format_seed004: "Seed 004: chosen_value + rejected_value" | "seed 004：chosen_value + rejected_value";
    format_archive: "Session archive: everything, lossless" | "会话存档：全部内容，无损";
    preview: "Preview" | "预览";
    preview_of(shown: usize, pairs: u64): "{shown} of {pairs} pairs" | "第 {shown} 对，共 {pairs} 对";
    no_pairs_yet: "No pairs yet: label some groups first." | "还没有偏好对：先标几组。";
    counting_pairs: "Counting pairs…" | "正在计算偏好对…";
    rows_hidden: "Rows show here for groups that you have labeled: what machines prefer in the others stays hidden until you decide." | "这里只显示你标过的组：其他组里机器的选择，要等你标完才显示。";
    left_out(count: u64): "{count} pairs left out: both texts are the same, or one is empty" | "{count} 对里两边文字相同或有空文，已略去";
    load_with: "Load it with" | "这样加载";
    follow: "Keep this file current after each confirm" | "以后每次确认都更新这个文件";
    following(path: &str, rows: u64): "{path} is kept current: {rows} rows" | "{path} 随时更新：{rows} 行";
    export_pairs(pairs: u64): "Export {pairs} pairs" | "导出 {pairs} 对";
    export_archive: "Export the archive" | "导出存档";
    refused_title(rows: u64): "{rows} rows do not fit and stay out" | "{rows} 行不合格式，未导入";
}
