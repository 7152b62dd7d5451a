using Microsoft.Playwright;

namespace Decant.Tests.Hosting.Playground;

/// <summary>The page as a user sees it. Disposed, it checks that the browser had nothing to complain of.</summary>
internal sealed class PlaygroundPage : IAsyncDisposable
{
    private readonly List<string> _complaints = [];

    public PlaygroundPage(IPage page)
    {
        Page = page;
        page.SetDefaultTimeout(20_000);
        page.PageError += (_, error) => _complaints.Add(error);

        // A refusal is not a fault of the page, though browsers write it down as one.
        page.Console += (_, message) =>
        {
            var refused = message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal) && (message.Location.Contains("/v1/", StringComparison.Ordinal) || message.Location.Contains("/decant/", StringComparison.Ordinal));
            if (message.Type is "error" or "warning" && !refused) _complaints.Add(message.Text);
        };
    }

    public IPage Page { get; }

    public ILocator LastTurn => Page.Locator(".turn").Last;

    public ILocator Tokens => LastTurn.Locator(".token");

    public ILocator Message => Page.GetByLabel("Message", new() { Exact = true });

    public ILocator Status => Page.Locator("#status");

    public async Task OpenAsync(string url, bool ready)
    {
        await Page.GotoAsync(url);
        if (ready) await ReadyAsync();
    }

    public Task ReadyAsync() => Assertions.Expect(Page.Locator("#send")).ToBeEnabledAsync();

    /// <summary>What both sides have in common: temperature, seed, most tokens.</summary>
    public ILocator Call(string name) => Page.Locator("#call").GetByLabel(name);

    /// <summary>The decoding panel of strategy A or B.</summary>
    public ILocator Panel(char side = 'A') => Page.Locator($"#panel-{side}");

    /// <summary>An option of a panel by its name.</summary>
    public ILocator Option(string name, char side = 'A') => Panel(side).GetByLabel(name, new() { Exact = true });

    public Task<string> JsonAsync(char side = 'A') => Option("The same as JSON", side).InputValueAsync();

    public async Task AskAsync(string prompt)
    {
        await StartAskingAsync(prompt);
        await ReadyAsync();
    }

    public async Task StartAskingAsync(string prompt)
    {
        var turns = await Page.Locator(".turn").CountAsync();
        await Message.FillAsync(prompt);
        await Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Page.Locator(".turn")).ToHaveCountAsync(turns + 1);
    }

    /// <summary>The facts of the card, by name.</summary>
    public async Task<Dictionary<string, string>> CardAsync()
        => await LastTurn.Locator(".card:visible dl > div").EvaluateAllAsync<Dictionary<string, string>>("facts => Object.fromEntries(facts.map(fact => [fact.children[0].textContent, fact.children[1].textContent]))");

    public Task<int> WidthAsync() => Page.EvaluateAsync<int>("document.documentElement.scrollWidth");

    /// <summary>Controls that a screen reader could not name.</summary>
    public Task<string[]> NamelessAsync() => Page.EvaluateAsync<string[]>(
        """
        [...document.querySelectorAll('input, select, textarea, button, a, [role=option], [role=tab], [role=listbox], svg, section')]
          .filter(control => !control.labels?.length && !control.getAttribute('aria-label') && !control.getAttribute('aria-labelledby') && !control.ariaLabel && !(['BUTTON', 'A'].includes(control.tagName) && control.textContent.trim()))
          .map(control => control.outerHTML)
        """);

    public Task ScreenshotAsync(string name) => Page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "screenshots", name + ".png") });

    public async ValueTask DisposeAsync()
    {
        await Page.Context.DisposeAsync();
        Assert.Empty(_complaints);
    }
}
