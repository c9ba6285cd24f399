"""Chinese, simplified."""

from mailer.rendering.words.shape import Words

WORDS = Words(
    form=lambda _: 0,
    stories=("{n}篇文章",),
    stories_for_you=("{n}篇您关注的文章",),
    more_in_brief=("另外{n}篇的标题",),
    more_in_full=("另外{n}篇文章",),
    after_sections="先是{sections}，然后是{stories}。",
    with_sections="{stories}，还有{sections}。",
    only_sections="{sections}。",
    comma="、",
    last_comma="和",
    colon="：",
    for_you="您的主题",
    elsewhere="本期其他内容",
    in_brief_because="以下内容不在您选择的主题之内，只列标题。",
    why="您收到这封邮件，是因为您订阅了《{list}》。",
    change="更改主题",
    leave="退订",
    online="在网页上阅读",
    months=("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"),
    date="{year}年{month}月{day}日",
)
