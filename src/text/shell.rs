//! The frame around the views: top bar, tabs, status line.

sentences! {
    tab_generate: "Generate" | "生成";
    tab_label: "Label" | "标注";
    tab_data: "Data" | "数据";
    saved_at(time: &str): "Saved {time}" | "已保存 {time}";
}
