import pytest

from broadsheet.transfer.shortcodes import left, to_markdown


@pytest.mark.parametrize(
    ("written", "markdown"),
    [
        ("{% highlight rust %}\nfn main() {}\n{% endhighlight %}\n", "```rust\nfn main() {}\n```\n"),
        ("{% highlight c++ linenos %}\nint a;\n{% endhighlight %}", "```c++\nint a;\n```"),
        ('{{< highlight go "linenos=table" >}}\nx := 1\n{{< /highlight >}}', "```go\nx := 1\n```"),
        ("{% highlight md %}\n```\ncode\n```\n{% endhighlight %}", "````md\n```\ncode\n```\n````"),
        ("One.\n\n<!-- more -->\n\nTwo.", "One.\n\n\nTwo."),
        ("One.<!--more-->", "One."),
        ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        ("[a]({% post_url 2020-01-02-a %})", "[a](@/_posts/2020-01-02-a.md)"),
        ("[a]({{ site.baseurl }}{% link _posts/a.md %})", "[a](@/_posts/a.md)"),
        ('[a]({{< ref "posts/a.md" >}})', "[a](@/posts/a.md)"),
        ('[a]({{% relref "a.md#b" %}})', "[a](@/a.md#b)"),
        ('![a]({{ "/images/a.png" | relative_url }})', "![a](/images/a.png)"),
        ('{{< figure src="a.png" alt="A" caption="So \'it\' is" >}}', "![A](a.png \"So 'it' is\")"),
    ],
)
def test_what_has_a_markdown_form_gets_it(written, markdown):
    assert to_markdown(written) == markdown


@pytest.mark.parametrize(
    "text",
    [
        "`{% raw %}`",
        "```\n{% highlight rust %}\n{% endhighlight %}\n```\n",
        "{% highlight rust %} without an end",
        "{{< figure >}}",
    ],
)
def test_what_is_code_or_not_understood_stays(text):
    assert to_markdown(text) == text


def test_what_is_left_is_found_once_and_not_in_code():
    text = "{{< youtube x >}} {{< youtube x >}} {% include a.html %} `{{ code }}` {{ page.title }}"
    assert list(left(text)) == ["{{< youtube x >}}", "{% include a.html %}", "{{ page.title }}"]
